/** Arithmetic on the stack. SDM vol. 2, FADD to FDIVR, FSQRT, FABS, FCHS, FRNDINT, FSCALE, FXTRACT. */
import { add, divide, multiply, nanResult, squareRoot } from '../float/arithmetic';
import { roundToIntegral } from '../float/convert';
import {
  A,
  B,
  CLASS_FINITE,
  CLASS_INFINITY,
  CLASS_ZERO,
  DENORMAL,
  DENORMAL_OPERAND,
  EXPONENT,
  INTEGER_BIT,
  INVALID,
  PRECISION,
  R,
  ROUNDED_UP,
  SIGN,
  SIGNIFICAND,
  ZERO_DIVIDE,
  classOf,
  copyNumber,
  indefinite,
  packedSignExponent,
  packedSignificand,
  raiseFloat,
  roundPack,
  setNumber,
} from '../float/number';
import { beginArithmetic, beginExtended, commit, roundingMode, stackOverflow, stackUnderflow } from './exceptions';
import { packRegister, unpackRegister } from './operands';
import {
  INDEFINITE_SIGNIFICAND,
  INDEFINITE_SIGN_EXPONENT,
  isEmpty,
  pop,
  pushRegister,
  setIndefinite,
  setRegister,
  signExponentOf,
  significandOf,
} from './state';

/** The /reg field of an arithmetic opcode (2 and 3 are the comparisons). */
const ADD: u32 = 0;
const MULTIPLY: u32 = 1;
const SUBTRACT: u32 = 4;
const SUBTRACT_REVERSED: u32 = 5;

/** ST(0) and B; the reversed forms have their operands trade places. */
function combine(operation: u32): void {
  if (operation & 1 && operation >= SUBTRACT_REVERSED) {
    copyNumber(A, B);
    unpackRegister(B, 0);
  } else unpackRegister(A, 0);
  beginArithmetic();
  if (operation == ADD) add(false);
  else if (operation == MULTIPLY) multiply();
  else if (operation == SUBTRACT || operation == SUBTRACT_REVERSED) add(true);
  else divide();
}

/** ST(0) with B, a memory operand. */
export function computeWithMemory(operation: u32): void {
  if (isEmpty(0)) {
    if (stackUnderflow()) setIndefinite(0);
    return;
  }
  combine(operation);
  if (commit()) packRegister(0);
}

/** ST(0) with ST(index) into ST(target). */
export function computeWithRegister(operation: u32, index: u32, target: u32, popAfter: bool): void {
  if (isEmpty(0) || isEmpty(index)) {
    if (!stackUnderflow()) return;
    setIndefinite(target);
  } else {
    unpackRegister(B, index);
    combine(operation);
    if (!commit()) return;
    packRegister(target);
  }
  if (popAfter) pop();
}

/** false: ST(0) is empty, and that has been dealt with. */
export function topIsFull(): bool {
  if (!isEmpty(0)) return true;
  if (stackUnderflow()) setIndefinite(0);
  return false;
}

export function topTwoAreFull(): bool {
  if (!isEmpty(0) && !isEmpty(1)) return true;
  if (stackUnderflow()) setIndefinite(0);
  return false;
}

/** FCHS, FABS: the sign bit of anything. */
export function changeSign(absolute: bool): void {
  if (!topIsFull()) return;
  const signExponent = signExponentOf(0);
  setRegister(0, absolute ? signExponent & 0x7fff : signExponent ^ 0x8000, significandOf(0));
}

export function root(): void {
  if (!topIsFull()) return;
  unpackRegister(A, 0);
  beginArithmetic();
  squareRoot();
  if (commit()) packRegister(0);
}

export function roundTop(): void {
  if (!topIsFull()) return;
  unpackRegister(A, 0);
  beginExtended();
  roundToIntegral(roundingMode());
  if (commit()) packRegister(0);
}

export function raiseDenormal(at: usize): void {
  if (load<u32>(at, DENORMAL)) raiseFloat(DENORMAL_OPERAND);
}

export function invalidResult(): void {
  raiseFloat(INVALID);
  indefinite(R);
}

/** FSCALE: ST(0) * 2^trunc(ST(1)). */
export function scale(): void {
  if (!topTwoAreFull()) return;
  unpackRegister(A, 0);
  unpackRegister(B, 1);
  beginExtended();
  if (!nanResult(true)) scaleNumbers();
  if (commit()) packRegister(0);
}

/** Exponents beyond this over- or underflow for certain, and twice over. */
const SCALE_LIMIT: i32 = 0x10000;

function scaleNumbers(): void {
  const sign = load<u32>(A, SIGN);
  const a = classOf(A);
  const b = classOf(B);
  const down = load<u32>(B, SIGN) != 0;
  if (b == CLASS_INFINITY) {
    if (a == (down ? CLASS_INFINITY : CLASS_ZERO)) {
      invalidResult();
      return;
    }
    raiseDenormal(A);
    if (down) setNumber(R, CLASS_ZERO, sign, 0, 0, 0);
    else setNumber(R, CLASS_INFINITY, sign, 0, INTEGER_BIT, 0);
    return;
  }
  raiseDenormal(A);
  raiseDenormal(B);
  copyNumber(R, A);
  if (a != CLASS_FINITE || b == CLASS_ZERO) {
    if (a == CLASS_FINITE) roundPack(sign, load<i32>(A, EXPONENT), load<u64>(A, SIGNIFICAND), 0);
    return;
  }
  const exponent = load<i32>(A, EXPONENT);
  const significand = load<u64>(A, SIGNIFICAND);
  roundPack(sign, exponent + scaleFactor(down), significand, 0);
  // An exponent that not even the bias adjustment of an unmasked exception brings back into range.
  if (classOf(R) != CLASS_FINITE) return;
  if (load<i32>(R, EXPONENT) > 16383) {
    raiseFloat(PRECISION | ROUNDED_UP);
    setNumber(R, CLASS_INFINITY, sign, 0, INTEGER_BIT, 0);
  } else if (load<i32>(R, EXPONENT) < -16382) {
    raiseFloat(PRECISION);
    setNumber(R, CLASS_ZERO, sign, 0, 0, 0);
  }
}

/** B truncated, within SCALE_LIMIT. */
function scaleFactor(down: bool): i32 {
  const exponent = load<i32>(B, EXPONENT);
  if (exponent < 0) return 0;
  if (exponent >= 16) return down ? -SCALE_LIMIT : SCALE_LIMIT;
  const count = <i32>(load<u64>(B, SIGNIFICAND) >> (63 - exponent));
  return down ? -count : count;
}

/** FXTRACT: ST(0) becomes the exponent, and the significand is pushed. */
export function extract(): void {
  if (isEmpty(0) || !isEmpty(7)) {
    if (!(isEmpty(0) ? stackUnderflow() : stackOverflow())) return;
    setIndefinite(0);
    pushRegister(INDEFINITE_SIGN_EXPONENT, INDEFINITE_SIGNIFICAND);
    return;
  }
  unpackRegister(A, 0);
  const sign = load<u32>(A, SIGN);
  const kind = classOf(A);
  let signExponent: u32 = (sign << 15) | 16383;
  let significand = load<u64>(A, SIGNIFICAND);
  beginExtended();
  if (nanResult(false)) {
    signExponent = packedSignExponent();
    significand = packedSignificand();
  } else if (kind == CLASS_ZERO) {
    raiseFloat(ZERO_DIVIDE);
    setNumber(R, CLASS_INFINITY, 1, 0, INTEGER_BIT, 0);
    signExponent = sign << 15;
  } else if (kind == CLASS_INFINITY) {
    setNumber(R, CLASS_INFINITY, 0, 0, INTEGER_BIT, 0);
    signExponent |= 0x7fff;
  } else {
    raiseDenormal(A);
    integerResult(load<i32>(A, EXPONENT));
  }
  if (!commit()) return;
  packRegister(0);
  pushRegister(signExponent, significand);
}

/** A small integer into R. */
function integerResult(value: i32): void {
  if (value == 0) {
    setNumber(R, CLASS_ZERO, 0, 0, 0, 0);
    return;
  }
  const magnitude = <u64>(value < 0 ? -value : value);
  const shift = <i32>clz(magnitude);
  setNumber(R, CLASS_FINITE, value < 0 ? 1 : 0, 63 - shift, magnitude << shift, 0);
}
