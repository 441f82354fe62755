/**
 * Arithmetic on numbers with all 128 bits of SIGNIFICAND and LOW, truncated: errors of a few units in the last place. For functions whose
 * result is rounded to 64 bits afterwards. Zero or finite operands only.
 */
import { divideWide, mulHigh64, quotient, remainder } from './arithmetic';
import {
  CLASS_FINITE,
  CLASS_ZERO,
  EXPONENT,
  INTEGER_BIT,
  LOW,
  NUMBER_BYTES,
  SIGN,
  SIGNIFICAND,
  classOf,
  copyNumber,
  roundPack,
  setNumber,
  shiftRightSticky,
  shiftedHigh,
  shiftedLow,
} from './number';

export const ONE: usize = memory.data(NUMBER_BYTES, 16);
setNumber(ONE, CLASS_FINITE, 0, 0, INTEGER_BIT, 0);

/** Finite, or zero, from bits that need not be normalised: value = high:low / 2^127 * 2^exponent. */
export function setWide(to: usize, sign: u32, exponent: i32, high: u64, low: u64): void {
  if (high == 0) {
    if (low == 0) {
      setNumber(to, CLASS_ZERO, sign, 0, 0, 0);
      return;
    }
    high = low;
    low = 0;
    exponent -= 64;
  }
  const shift = <u32>clz(high);
  if (shift != 0) {
    high = (high << shift) | (low >> (64 - shift));
    low <<= shift;
  }
  setNumber(to, CLASS_FINITE, sign, exponent - <i32>shift, high, low);
}

export function negate(at: usize): void {
  store<u32>(at, load<u32>(at, SIGN) ^ 1, SIGN);
}

function isLarger(a: usize, b: usize): bool {
  const difference = load<i32>(a, EXPONENT) - load<i32>(b, EXPONENT);
  if (difference != 0) return difference > 0;
  const x = load<u64>(a, SIGNIFICAND);
  const y = load<u64>(b, SIGNIFICAND);
  return x == y ? load<u64>(a, LOW) > load<u64>(b, LOW) : x > y;
}

export function addWide(to: usize, a: usize, b: usize): void {
  if (classOf(b) == CLASS_ZERO) {
    copyNumber(to, a);
    return;
  }
  if (classOf(a) == CLASS_ZERO) {
    copyNumber(to, b);
    return;
  }
  const large = isLarger(a, b) ? a : b;
  const small = large == a ? b : a;
  const exponent = load<i32>(large, EXPONENT);
  const sign = load<u32>(large, SIGN);
  const high = load<u64>(large, SIGNIFICAND);
  const low = load<u64>(large, LOW);
  shiftRightSticky(load<u64>(small, SIGNIFICAND), load<u64>(small, LOW), <u32>(exponent - load<i32>(small, EXPONENT)));
  if (sign != load<u32>(small, SIGN)) {
    setWide(to, sign, exponent, high - shiftedHigh - <u64>(low < shiftedLow), low - shiftedLow);
    return;
  }
  const sumLow = low + shiftedLow;
  const sum = high + shiftedHigh;
  const sumHigh = sum + <u64>(sumLow < low);
  if (sum < high || sumHigh < sum) {
    setNumber(to, CLASS_FINITE, sign, exponent + 1, (sumHigh >> 1) | INTEGER_BIT, (sumLow >> 1) | (sumHigh << 63));
  } else setNumber(to, CLASS_FINITE, sign, exponent, sumHigh, sumLow);
}

export function multiplyWide(to: usize, a: usize, b: usize): void {
  const sign = load<u32>(a, SIGN) ^ load<u32>(b, SIGN);
  if (classOf(a) == CLASS_ZERO || classOf(b) == CLASS_ZERO) {
    setNumber(to, CLASS_ZERO, sign, 0, 0, 0);
    return;
  }
  const aHigh = load<u64>(a, SIGNIFICAND);
  const aLow = load<u64>(a, LOW);
  const bHigh = load<u64>(b, SIGNIFICAND);
  const bLow = load<u64>(b, LOW);
  let high = mulHigh64(aHigh, bHigh);
  const product = aHigh * bHigh;
  const first = product + mulHigh64(aHigh, bLow);
  high += <u64>(first < product);
  const second = first + mulHigh64(aLow, bHigh);
  high += <u64>(second < first);
  setWide(to, sign, load<i32>(a, EXPONENT) + load<i32>(b, EXPONENT) + 1, high, second);
}

/** By a positive integer. */
export function divideByInteger(to: usize, a: usize, divisor: u64): void {
  if (classOf(a) == CLASS_ZERO) {
    copyNumber(to, a);
    return;
  }
  // The divisor in the upper half of a word, so that the dividend's high part is below it.
  const shift = <u32>clz(divisor);
  const normal = divisor << shift;
  const high = load<u64>(a, SIGNIFICAND);
  const low = load<u64>(a, LOW);
  divideWide(high >> 1, (high << 63) | (low >> 1), normal);
  const upper = quotient;
  divideWide(remainder, low << 63, normal);
  setWide(to, load<u32>(a, SIGN), load<i32>(a, EXPONENT) + <i32>shift - 63, upper, quotient);
}

export function divideNumbers(to: usize, a: usize, b: usize): void {
  const sign = load<u32>(a, SIGN) ^ load<u32>(b, SIGN);
  if (classOf(a) == CLASS_ZERO) {
    setNumber(to, CLASS_ZERO, sign, 0, 0, 0);
    return;
  }
  const exponent = load<i32>(a, EXPONENT) - load<i32>(b, EXPONENT);
  const divisorHigh = load<u64>(b, SIGNIFICAND);
  const divisorLow = load<u64>(b, LOW);
  let restHigh = load<u64>(a, SIGNIFICAND);
  let restLow = load<u64>(a, LOW);
  let high: u64 = 0;
  let low: u64 = 0;
  let overflows = false;
  for (let bit = 0; bit < 128; bit++) {
    high = (high << 1) | (low >> 63);
    low <<= 1;
    if (overflows || restHigh > divisorHigh || (restHigh == divisorHigh && restLow >= divisorLow)) {
      restHigh = restHigh - divisorHigh - <u64>(restLow < divisorLow);
      restLow -= divisorLow;
      low |= 1;
    }
    overflows = restHigh >> 63 != 0;
    restHigh = (restHigh << 1) | (restLow >> 63);
    restLow <<= 1;
  }
  setWide(to, sign, exponent, high, low);
}

/** Rounds into R something that is never exact. */
export function roundInexact(at: usize): void {
  roundPack(load<u32>(at, SIGN), load<i32>(at, EXPONENT), load<u64>(at, SIGNIFICAND), load<u64>(at, LOW) | 1);
}
