/** Sine and cosine by reduction to a quarter of pi and their series. */
import { A, CLASS_FINITE, EXPONENT, NUMBER_BYTES, SIGNIFICAND, copyNumber, setNumber } from '../float/number';
import { ONE, addWide, divideByInteger, multiplyWide, negate, setWide } from '../float/wide';

/** The processor's pi: 66 bits, here in units of 2^-64 (SDM vol. 1, 8.3.8). */
const PI_HIGH: u64 = 3;
const PI_LOW: u64 = 0x243f6a8885a308d3;
/** Terms of the series up to pi / 4. */
const TERMS: u64 = 18;

/** How many quarters of a turn `reduce` took off, modulo 4. */
export let quadrant: u32 = 0;
const angle: usize = memory.data(NUMBER_BYTES, 16);
const square: usize = memory.data(NUMBER_BYTES, 16);

function isAtLeast(high: u64, low: u64, otherHigh: u64, otherLow: u64): bool {
  return high > otherHigh || (high == otherHigh && low >= otherLow);
}

/**
 * |A| less the nearest multiple of pi / 2, exactly: both are multiples of 2^-65. A is finite, not 0, and below 2^63.
 */
export function reduce(): void {
  const exponent = load<i32>(A, EXPONENT);
  quadrant = 0;
  if (exponent < -1) {
    setNumber(angle, CLASS_FINITE, 0, exponent, load<u64>(A, SIGNIFICAND), 0);
    return;
  }
  let high: u64 = 0;
  let low = load<u64>(A, SIGNIFICAND);
  let turns: u32 = 0;
  for (let step = exponent + 2; step > 0; step--) {
    high = (high << 1) | (low >> 63);
    low <<= 1;
    turns <<= 1;
    if (isAtLeast(high, low, PI_HIGH, PI_LOW)) {
      high = high - PI_HIGH - <u64>(low < PI_LOW);
      low -= PI_LOW;
      turns |= 1;
    }
  }
  const otherHigh = PI_HIGH - high - <u64>(PI_LOW < low);
  const otherLow = PI_LOW - low;
  let sign: u32 = 0;
  if (isAtLeast(high, low, otherHigh, otherLow)) {
    high = otherHigh;
    low = otherLow;
    sign = 1;
    turns++;
  }
  quadrant = turns & 3;
  setWide(angle, sign, 127 - 65, high, low);
}

/** 1 - angle^2 / (first (first + 1)) (1 - angle^2 / ((first + 2) (first + 3)) ...). */
function series(to: usize, first: u64): void {
  multiplyWide(square, angle, angle);
  negate(square);
  copyNumber(to, ONE);
  for (let index = TERMS; index > 0; index--) {
    const at = first + 2 * (index - 1);
    multiplyWide(to, to, square);
    divideByInteger(to, to, at * (at + 1));
    addWide(to, to, ONE);
  }
}

/** Sine of what `reduce` left. */
export function sineSeries(to: usize): void {
  series(to, 2);
  multiplyWide(to, to, angle);
}

export function cosineSeries(to: usize): void {
  series(to, 1);
}
