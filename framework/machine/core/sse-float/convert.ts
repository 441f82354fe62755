/** CVT*: between single and double precision and integers. ROUND*. SDM vol. 2. */
import { convert, fromInteger, roundToIntegral, toInteger } from '../float/convert';
import { A, DENORMAL_OPERAND, PRECISION, ROUND_ZERO } from '../float/number';
import { RESULT, VECTOR_BYTES, deliver, elementBytes, isDouble, packElement, resultBytes, unpackElement } from './elements';
import { beginElement, beginVector, gather, settle, vectorRounding } from './mxcsr';

function startResult(): void {
  beginVector();
  memory.fill(RESULT, 0, VECTOR_BYTES);
}

/** `count` elements from one precision to the other; a packed result has zeros above. */
function changePrecision(fromDouble: bool, count: u32, from: usize): void {
  startResult();
  for (let index: u32 = 0; index < count; index++) {
    beginElement(!fromDouble);
    unpackElement(A, from + index * elementBytes(fromDouble), fromDouble);
    convert(true);
    gather(0);
    packElement(RESULT + index * elementBytes(!fromDouble), !fromDouble);
  }
  settle();
}

/** 0F 5A: CVTPS2PD, CVTPD2PS, CVTSS2SD, CVTSD2SS. */
export function convertPrecision(prefix: u32, to: usize, from: usize): void {
  const fromDouble = isDouble(prefix);
  const packed = prefix < 2;
  changePrecision(fromDouble, packed ? 2 : 1, from);
  deliver(to, packed ? VECTOR_BYTES : elementBytes(!fromDouble));
}

/** `count` doublewords to elements; `bytes` of the result are written. */
export function fromDoublewords(double: bool, count: u32, bytes: u32, to: usize, from: usize): void {
  startResult();
  for (let index: u32 = 0; index < count; index++) {
    beginElement(double);
    fromInteger(load<i32>(from + index * 4));
    convert(false);
    gather(0);
    packElement(RESULT + index * elementBytes(double), double);
  }
  settle();
  deliver(to, bytes);
}

/** `count` elements to doublewords; `bytes` of the result are written. */
export function toDoublewords(truncate: bool, double: bool, count: u32, bytes: u32, to: usize, from: usize): void {
  startResult();
  for (let index: u32 = 0; index < count; index++) {
    beginElement(double);
    unpackElement(A, from + index * elementBytes(double), double);
    store<u32>(RESULT + index * 4, <u32>toInteger(32, truncate ? ROUND_ZERO : vectorRounding()));
    gather(0);
  }
  settle();
  deliver(to, bytes);
}

/** CVTSI2SS, CVTSI2SD. */
export function fromRegister(value: i64, double: bool, to: usize): void {
  beginVector();
  beginElement(double);
  fromInteger(value);
  convert(false);
  gather(0);
  settle();
  packElement(to, double);
}

/** CVTSS2SI, CVTSD2SI and the truncating ones, to 32 or 64 bits. */
export function toRegister(bits: u32, truncate: bool, double: bool, from: usize): i64 {
  beginVector();
  beginElement(double);
  unpackElement(A, from, double);
  const value = toInteger(bits, truncate ? ROUND_ZERO : vectorRounding());
  gather(0);
  settle();
  return value;
}

/** The immediate byte of ROUND*: rounding mode, that of MXCSR instead, no precision exception. */
const MODE: u32 = 3;
const MODE_OF_MXCSR: u32 = 4;
const SUPPRESS_PRECISION: u32 = 8;

/** 0F 3A 08 to 0B. A denormal operand is not signalled. */
export function roundElements(immediate: u32, prefix: u32, to: usize, from: usize): void {
  const double = isDouble(prefix);
  const bytes = resultBytes(prefix);
  const mode = immediate & MODE_OF_MXCSR ? vectorRounding() : immediate & MODE;
  beginVector();
  for (let at: u32 = 0; at < bytes; at += elementBytes(double)) {
    beginElement(double);
    unpackElement(A, from + at, double);
    roundToIntegral(mode);
    gather(immediate & SUPPRESS_PRECISION ? DENORMAL_OPERAND | PRECISION : DENORMAL_OPERAND);
    packElement(RESULT + at, double);
  }
  settle();
  deliver(to, bytes);
}
