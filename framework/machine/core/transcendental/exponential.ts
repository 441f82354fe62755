/** F2XM1. SDM vol. 2. */
import { nanResult } from '../float/arithmetic';
import {
  A,
  CLASS_FINITE,
  CLASS_INFINITY,
  CLASS_ZERO,
  EXPONENT,
  INTEGER_BIT,
  NUMBER_BYTES,
  PRECISION,
  R,
  SIGN,
  SIGNIFICAND,
  classOf,
  copyNumber,
  raiseFloat,
  setNumber,
} from '../float/number';
import { ONE, addWide, divideByInteger, multiplyWide, roundInexact } from '../float/wide';
import { raiseDenormal, topIsFull } from '../x87/compute';
import { beginExtended, commit } from '../x87/exceptions';
import { packRegister, unpackRegister } from '../x87/operands';
import { LN_2 } from './constants';

/** (e^y - 1) / y as a series in y below ln 2: this many terms leave less than 2^-128. */
const TERMS: u64 = 35;

const y: usize = memory.data(NUMBER_BYTES, 16);
const sum: usize = memory.data(NUMBER_BYTES, 16);

/** 2^A - 1 for |A| below 1. */
function compute(): void {
  multiplyWide(y, A, LN_2);
  copyNumber(sum, ONE);
  for (let term = TERMS; term >= 2; term--) {
    multiplyWide(sum, sum, y);
    divideByInteger(sum, sum, term);
    addWide(sum, sum, ONE);
  }
  multiplyWide(sum, sum, y);
  roundInexact(sum);
}

/**
 * 2^ST(0) - 1. Beyond the range of -1 to 1, where the result is undefined, ST(0) stays as it is. As chips do it, every result of a number
 * other than zero counts as inexact.
 */
export function powerOfTwo(): void {
  if (!topIsFull()) return;
  unpackRegister(A, 0);
  beginExtended();
  if (!nanResult(false)) {
    const kind = classOf(A);
    const negative = load<u32>(A, SIGN) != 0;
    copyNumber(R, A);
    if (kind == CLASS_INFINITY) {
      if (negative) setNumber(R, CLASS_FINITE, 1, 0, INTEGER_BIT, 0);
    } else if (kind != CLASS_ZERO) {
      raiseDenormal(A);
      raiseFloat(PRECISION);
      if (load<i32>(A, EXPONENT) < 0) compute();
      else if (negative && load<i32>(A, EXPONENT) == 0 && load<u64>(A, SIGNIFICAND) == INTEGER_BIT) {
        setNumber(R, CLASS_FINITE, 1, -1, INTEGER_BIT, 0);
      }
    }
  }
  if (commit()) packRegister(0);
}
