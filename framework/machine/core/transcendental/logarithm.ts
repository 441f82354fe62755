/** FYL2X and FYL2XP1. SDM vol. 2. */
import { multiply, nanResult } from '../float/arithmetic';
import { fromInteger } from '../float/convert';
import {
  A,
  B,
  CLASS_FINITE,
  CLASS_INFINITY,
  CLASS_ZERO,
  EXPONENT,
  INTEGER_BIT,
  LOW,
  NUMBER_BYTES,
  PRECISION,
  R,
  SIGN,
  SIGNIFICAND,
  UNDERFLOW,
  ZERO_DIVIDE,
  classOf,
  copyNumber,
  raiseFloat,
  setNumber,
} from '../float/number';
import { ONE, addWide, divideNumbers, multiplyWide, negate, roundInexact } from '../float/wide';
import { invalidResult, raiseDenormal } from '../x87/compute';
import { beginExtended, commit, stackUnderflow } from '../x87/exceptions';
import { packRegister, unpackRegister } from '../x87/operands';
import { isEmpty, pop, setIndefinite } from '../x87/state';
import { LOG2_E } from './constants';
import { oddSeries } from './odd-series';

/** Terms of the series of atanh for arguments below 0.172. */
const TERMS: u64 = 27;

const x: usize = memory.data(NUMBER_BYTES, 16);
const y: usize = memory.data(NUMBER_BYTES, 16);
const ratio: usize = memory.data(NUMBER_BYTES, 16);
const square: usize = memory.data(NUMBER_BYTES, 16);
const sum: usize = memory.data(NUMBER_BYTES, 16);
const term: usize = memory.data(NUMBER_BYTES, 16);

/** `sum` = log2((1 + ratio) / (1 - ratio)) = 2 atanh(ratio) / ln 2. */
function logarithmOfRatio(): void {
  multiplyWide(square, ratio, ratio);
  oddSeries(sum, ratio, square, TERMS);
  multiplyWide(sum, sum, LOG2_E);
  store<i32>(sum, load<i32>(sum, EXPONENT) + 1, EXPONENT);
}

/** `ratio` = (x - 1) / (x + 1). */
function ratioOfX(): void {
  copyNumber(term, ONE);
  addWide(square, x, term);
  negate(term);
  addWide(ratio, x, term);
  divideNumbers(ratio, ratio, square);
}

/** Square root of 2, rounded down. */
const ROOT_2: u64 = 0xb504f333f9de6484;

/** R = y * log2(x) for a positive finite x other than 1 and a finite y other than 0; always inexact, as chips have it. */
function multiplyByLogarithm(): void {
  let exponent = load<i32>(x, EXPONENT);
  if (load<u64>(x, SIGNIFICAND) == INTEGER_BIT && load<u64>(x, LOW) == 0) {
    fromInteger(exponent);
    copyNumber(B, A);
    copyNumber(A, y);
    multiply();
    raiseFloat(load<u64>(R, SIGNIFICAND) & INTEGER_BIT ? PRECISION : PRECISION | UNDERFLOW);
    return;
  }
  if (load<u64>(x, SIGNIFICAND) > ROOT_2) exponent++;
  store<i32>(x, load<i32>(x, EXPONENT) - exponent, EXPONENT);
  ratioOfX();
  logarithmOfRatio();
  fromInteger(exponent);
  addWide(sum, sum, A);
  multiplyWide(sum, sum, y);
  roundInexact(sum);
}

function infinite(sign: u32): void {
  setNumber(R, CLASS_INFINITY, sign, 0, INTEGER_BIT, 0);
}

/** ST(0) in A and ST(1) in B. false: not both are there, or one is a NaN, and R or the stack is set. */
function operands(): bool {
  unpackRegister(A, 0);
  unpackRegister(B, 1);
  beginExtended();
  if (nanResult(true)) return false;
  copyNumber(x, A);
  copyNumber(y, B);
  return true;
}

function finish(): void {
  if (!commit()) return;
  packRegister(1);
  pop();
}

function twoAreFull(): bool {
  if (!isEmpty(0) && !isEmpty(1)) return true;
  if (stackUnderflow()) {
    setIndefinite(1);
    pop();
  }
  return false;
}

/** log2(x) has the sign of `negative`; `isZero`: it is 0. For what does not need computing; false: it does. */
function special(negative: u32, isZero: bool, isInfinite: bool): bool {
  const sign = load<u32>(y, SIGN) ^ negative;
  const kind = classOf(y);
  if ((kind == CLASS_INFINITY && isZero) || (kind == CLASS_ZERO && isInfinite)) invalidResult();
  else if (kind == CLASS_INFINITY || isInfinite) infinite(sign);
  else if (kind == CLASS_ZERO || isZero) setNumber(R, CLASS_ZERO, sign, 0, 0, 0);
  else return false;
  return true;
}

function computeLogarithm(): void {
  const kind = classOf(x);
  if (load<u32>(x, SIGN) && kind != CLASS_ZERO) {
    invalidResult();
    return;
  }
  if (kind == CLASS_ZERO && classOf(y) == CLASS_FINITE) {
    raiseFloat(ZERO_DIVIDE);
    infinite(load<u32>(y, SIGN) ^ 1);
    return;
  }
  raiseDenormal(x);
  raiseDenormal(y);
  const exponent = load<i32>(x, EXPONENT);
  const isOne = kind == CLASS_FINITE && exponent == 0 && load<u64>(x, SIGNIFICAND) == INTEGER_BIT;
  const negative: u32 = kind == CLASS_ZERO || (kind == CLASS_FINITE && exponent < 0) ? 1 : 0;
  if (!special(negative, isOne, kind != CLASS_FINITE)) multiplyByLogarithm();
}

/** ST(1) * log2(ST(0)), then a pop. */
export function logarithm(): void {
  if (!twoAreFull()) return;
  if (operands()) computeLogarithm();
  finish();
}

function computePlusOne(): void {
  const kind = classOf(x);
  const sign = load<u32>(x, SIGN);
  const exponent = load<i32>(x, EXPONENT);
  if (sign && kind == CLASS_INFINITY) {
    invalidResult();
    return;
  }
  raiseDenormal(x);
  raiseDenormal(y);
  if (special(sign, kind == CLASS_ZERO, kind == CLASS_INFINITY)) return;
  if (sign && exponent >= 0) {
    // There is no logarithm; the result is undefined. Chips give the operand.
    raiseFloat(PRECISION);
    copyNumber(R, x);
    return;
  }
  if (exponent >= -1) {
    addWide(x, x, ONE);
    multiplyByLogarithm();
    return;
  }
  copyNumber(term, ONE);
  store<i32>(term, 1, EXPONENT);
  addWide(square, x, term);
  divideNumbers(ratio, x, square);
  logarithmOfRatio();
  multiplyWide(sum, sum, y);
  roundInexact(sum);
}

/** ST(1) * log2(ST(0) + 1), then a pop. */
export function logarithmPlusOne(): void {
  if (!twoAreFull()) return;
  if (operands()) computePlusOne();
  finish();
}
