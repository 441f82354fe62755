/** FPREM and FPREM1, exact, with the low bits of the quotient. SDM vol. 2. */
import { nanResult } from '../float/arithmetic';
import {
  A,
  B,
  CLASS_FINITE,
  CLASS_INFINITY,
  CLASS_ZERO,
  EXPONENT,
  R,
  SIGN,
  SIGNIFICAND,
  classOf,
  copyNumber,
  roundPack,
  setNumber,
} from '../float/number';
import { invalidResult, raiseDenormal, topTwoAreFull } from './compute';
import { beginExtended, commit } from './exceptions';
import { packRegister, unpackRegister } from './operands';
import { C0, C1, C2, C3, changeConditions } from './state';

let conditions: u32 = 0;

/** ST(0) modulo ST(1). `nearest`: FPREM1, whose quotient is rounded to nearest. */
export function remainderOfTop(nearest: bool): void {
  changeConditions(C2, 0);
  if (!topTwoAreFull()) return;
  unpackRegister(A, 0);
  unpackRegister(B, 1);
  beginExtended();
  conditions = 0;
  const divided = !nanResult(true) && divideNumbers(nearest);
  if (!commit()) return;
  packRegister(0);
  if (divided) changeConditions(C0 | C1 | C2 | C3, conditions);
}

/** false: there is no quotient. */
function divideNumbers(nearest: bool): bool {
  const a = classOf(A);
  const b = classOf(B);
  if (a == CLASS_INFINITY || b == CLASS_ZERO) {
    invalidResult();
    return false;
  }
  raiseDenormal(A);
  raiseDenormal(B);
  copyNumber(R, A);
  if (a == CLASS_ZERO) return true;
  const difference = b == CLASS_INFINITY ? -2 : load<i32>(A, EXPONENT) - load<i32>(B, EXPONENT);
  if (difference < -1 || (difference < 0 && !nearest)) roundPack(load<u32>(A, SIGN), load<i32>(A, EXPONENT), load<u64>(A, SIGNIFICAND), 0);
  else if (difference < 64) reduceFully(difference, nearest);
  else reducePartly(difference);
  return true;
}

let rest: u64 = 0;
let quotient: u64 = 0;

/** A's significand times 2^steps over B's, bit by bit. */
function longDivision(steps: i32): void {
  const divisor = load<u64>(B, SIGNIFICAND);
  rest = load<u64>(A, SIGNIFICAND);
  quotient = 0;
  if (rest >= divisor) {
    rest -= divisor;
    quotient = 1;
  }
  for (; steps > 0; steps--) {
    const overflows = rest >> 63 != 0;
    rest <<= 1;
    quotient <<= 1;
    if (overflows || rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
  }
}

/** `rest` at an exponent, into R. */
function packRest(sign: u32, exponent: i32): void {
  if (rest == 0) {
    setNumber(R, CLASS_ZERO, load<u32>(A, SIGN), 0, 0, 0);
    return;
  }
  const shift = <i32>clz(rest);
  roundPack(sign, exponent - shift, rest << shift, 0);
}

function reduceFully(difference: i32, nearest: bool): void {
  const divisor = load<u64>(B, SIGNIFICAND);
  const exponent = load<i32>(B, EXPONENT);
  let sign = load<u32>(A, SIGN);
  if (difference < 0) {
    // Between a quarter and all of the divisor: the quotient is 0 or 1. In units of half the divisor's last place.
    const value = load<u64>(A, SIGNIFICAND);
    quotient = 0;
    if (value <= divisor) {
      copyNumber(R, A);
      roundPack(sign, load<i32>(A, EXPONENT), value, 0);
      return;
    }
    quotient = 1;
    rest = divisor - value + divisor;
    packRest(sign ^ 1, exponent - 1);
  } else {
    longDivision(difference);
    if (nearest) {
      const other = divisor - rest;
      if (rest > other || (rest == other && (quotient & 1) != 0)) {
        rest = other;
        quotient++;
        sign ^= 1;
      }
    }
    packRest(sign, exponent);
  }
  if (quotient & 4) conditions |= C0;
  if (quotient & 2) conditions |= C3;
  if (quotient & 1) conditions |= C1;
}

/** The exponents are far apart: takes off 32 to 63 bits, C2 says that more is to be done. */
function reducePartly(difference: i32): void {
  const steps = (difference & 31) | 32;
  longDivision(steps);
  conditions = C2;
  packRest(load<u32>(A, SIGN), load<i32>(A, EXPONENT) - steps);
}
