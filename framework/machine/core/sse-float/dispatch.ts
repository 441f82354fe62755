/**
 * SSE to SSE4.1 instructions on floating-point vectors, by opcode.
 *
 * `code`: operation << 8 | immediate byte; the operation is the opcode of the map 0F, prefix << 8 (none, 66h, F3h, F2h), and THREE_BYTE
 * for 0F 3A. VECTOR_A is the first operand and the result, VECTOR_B the second operand.
 */
import { VECTOR_A, VECTOR_B } from '../layout/run-state';
import { addSubtract, arithmetic, dotProduct, horizontal } from './arithmetic';
import { compareElements, compareToFlags } from './compare';
import { convertPrecision, fromDoublewords, fromRegister, roundElements, toDoublewords, toRegister } from './convert';
import { VECTOR_BYTES, isDouble } from './elements';
import { approximate } from './reciprocal';

const THREE_BYTE: u32 = 0x400;

function convertIntegers(prefix: u32, to: usize, from: usize): void {
  if (prefix == 0) fromDoublewords(false, 4, VECTOR_BYTES, to, from);
  else toDoublewords(prefix == 2, false, 4, VECTOR_BYTES, to, from);
}

function convertDoubleIntegers(prefix: u32, to: usize, from: usize): void {
  if (prefix == 2) fromDoublewords(true, 2, VECTOR_BYTES, to, from);
  else toDoublewords(prefix == 1, true, 2, VECTOR_BYTES, to, from);
}

function threeByte(opcode: u32, immediate: u32, to: usize, from: usize): void {
  if (opcode >= 0x40) dotProduct(immediate, opcode == 0x41, to, from);
  else roundElements(immediate, opcode == 0x08 ? 0 : opcode == 0x09 ? 1 : opcode == 0x0a ? 2 : 3, to, from);
}

/** What is neither 0F 51 nor 0F 58 to 5F. */
function other(opcode: u32, prefix: u32, immediate: u32, to: usize, from: usize): void {
  switch (opcode) {
    case 0x2a:
      fromDoublewords(prefix == 1, 2, prefix == 1 ? VECTOR_BYTES : 8, to, from);
      break;
    case 0x2c:
    case 0x2d:
      toDoublewords(opcode == 0x2c, prefix == 1, 2, 8, to, from);
      break;
    case 0x2e:
    case 0x2f:
      compareToFlags(opcode == 0x2f, prefix == 1, to, from);
      break;
    case 0x52:
    case 0x53:
      approximate(opcode == 0x52, prefix == 0, to, from);
      break;
    case 0x7c:
    case 0x7d:
      horizontal(opcode == 0x7d, prefix == 1, to, from);
      break;
    case 0xc2:
      compareElements(immediate, prefix, to, from);
      break;
    case 0xd0:
      addSubtract(prefix == 1, to, from);
      break;
    default:
      convertDoubleIntegers(prefix, to, from);
  }
}

export function sseFloat(code: i32): void {
  const operation = (<u32>code) >> 8;
  const immediate = (<u32>code) & 0xff;
  const opcode = operation & 0xff;
  const prefix = (operation >> 8) & 3;
  if (operation & THREE_BYTE) threeByte(opcode, immediate, VECTOR_A, VECTOR_B);
  else if (opcode == 0x5a) convertPrecision(prefix, VECTOR_A, VECTOR_B);
  else if (opcode == 0x5b) convertIntegers(prefix, VECTOR_A, VECTOR_B);
  else if (opcode == 0x51 || (opcode >= 0x58 && opcode <= 0x5f)) arithmetic(opcode, prefix, VECTOR_A, VECTOR_B);
  else other(opcode, prefix, immediate, VECTOR_A, VECTOR_B);
}

/** CVTSI2SS, CVTSI2SD of a value of 32 or 64 bits, sign-extended, into VECTOR_A. */
export function sseFromInteger(code: i32, value: i64): void {
  fromRegister(value, isDouble(((<u32>code) >> 16) & 3), VECTOR_A);
}

/** CVT(T)SS2SI, CVT(T)SD2SI of VECTOR_B, to 32 or 64 bits. */
export function sseToInteger(code: i32, bits: i32): i64 {
  const operation = (<u32>code) >> 8;
  return toRegister(<u32>bits, (operation & 0xff) == 0x2c, isDouble((operation >> 8) & 3), VECTOR_B);
}
