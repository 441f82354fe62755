/** FSIN, FCOS, FSINCOS, FPTAN, FPATAN. SDM vol. 1, 8.3.8 and 8.3.10; vol. 2. */
import { nanResult } from '../float/arithmetic';
import {
  A,
  CLASS_FINITE,
  CLASS_INFINITY,
  CLASS_ZERO,
  EXPONENT,
  INTEGER_BIT,
  NUMBER_BYTES,
  R,
  SIGN,
  classOf,
  copyNumber,
  packedSignExponent,
  packedSignificand,
  setNumber,
} from '../float/number';
import { divideNumbers, negate, roundInexact } from '../float/wide';
import { invalidResult, raiseDenormal, topIsFull } from '../x87/compute';
import { beginExtended, commit, stackOverflow, stackUnderflow } from '../x87/exceptions';
import { packRegister, unpackRegister } from '../x87/operands';
import { C2, INDEFINITE_SIGNIFICAND, INDEFINITE_SIGN_EXPONENT, changeConditions, isEmpty, pushRegister, setIndefinite } from '../x87/state';
import { cosineSeries, quadrant, reduce, sineSeries } from './circular';

const first: usize = memory.data(NUMBER_BYTES, 16);
const second: usize = memory.data(NUMBER_BYTES, 16);

function one(): void {
  setNumber(R, CLASS_FINITE, 0, 0, INTEGER_BIT, 0);
}

/** sin or cos (`shift` 1) of A, finite and not 0, into `to`. */
function circular(to: usize, shift: u32): void {
  reduce();
  const turn = (quadrant + shift) & 3;
  if (turn & 1) cosineSeries(to);
  else sineSeries(to);
  if (turn & 2) negate(to);
}

/** sin is odd, cos is even: `reduce` works with A's magnitude. */
function sineOfA(to: usize): void {
  circular(to, 0);
  if (load<u32>(A, SIGN)) negate(to);
}

/** A is beyond 2^63: C2 says so and nothing is done. */
function isOutOfRange(): bool {
  const out = classOf(A) == CLASS_FINITE && load<i32>(A, EXPONENT) >= 63;
  if (out) changeConditions(C2, C2);
  return out;
}

/** R = sin or cos of A. */
function single(isCosine: bool): void {
  if (nanResult(false)) return;
  const kind = classOf(A);
  if (kind == CLASS_INFINITY) invalidResult();
  else if (kind == CLASS_ZERO) {
    if (isCosine) one();
    else copyNumber(R, A);
  } else {
    raiseDenormal(A);
    if (isCosine) circular(first, 1);
    else sineOfA(first);
    roundInexact(first);
  }
}

function oneFunction(isCosine: bool): void {
  changeConditions(C2, 0);
  if (!topIsFull()) return;
  unpackRegister(A, 0);
  if (isOutOfRange()) return;
  beginExtended();
  single(isCosine);
  if (commit()) packRegister(0);
}

export function sine(): void {
  oneFunction(false);
}

export function cosine(): void {
  oneFunction(true);
}

/** Stack faults of what replaces ST(0) and pushes. true: go on. */
function roomForTwo(): bool {
  changeConditions(C2, 0);
  if (!isEmpty(0) && isEmpty(7)) return true;
  if (isEmpty(0) ? stackUnderflow() : stackOverflow()) {
    setIndefinite(0);
    pushRegister(INDEFINITE_SIGN_EXPONENT, INDEFINITE_SIGNIFICAND);
  }
  return false;
}

/** FSINCOS: the sine replaces ST(0), the cosine is pushed. */
export function sineAndCosine(): void {
  if (!roomForTwo()) return;
  unpackRegister(A, 0);
  if (isOutOfRange()) return;
  beginExtended();
  single(true);
  const signExponent = packedSignExponent();
  const significand = packedSignificand();
  single(false);
  if (!commit()) return;
  packRegister(0);
  pushRegister(signExponent, significand);
}

/** FPTAN: the tangent replaces ST(0), 1 is pushed (a NaN twice). */
export function partialTangent(): void {
  if (!roomForTwo()) return;
  unpackRegister(A, 0);
  if (isOutOfRange()) return;
  beginExtended();
  const kind = classOf(A);
  let pushed = kind == CLASS_FINITE || kind == CLASS_ZERO;
  if (!nanResult(false)) {
    if (kind == CLASS_INFINITY) invalidResult();
    else if (kind == CLASS_ZERO) copyNumber(R, A);
    else {
      raiseDenormal(A);
      sineOfA(first);
      circular(second, 1);
      divideNumbers(first, first, second);
      roundInexact(first);
    }
  }
  if (!commit()) return;
  packRegister(0);
  if (pushed) pushRegister(0x3fff, INTEGER_BIT);
  else pushRegister(packedSignExponent(), packedSignificand());
}
