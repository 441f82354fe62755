/** Add, multiply, divide, square root, compare on the unpacked A and B; the result goes to R. */
import {
  A,
  B,
  CLASS,
  CLASS_FINITE,
  CLASS_INFINITY,
  CLASS_QUIET,
  CLASS_SIGNALING,
  CLASS_UNSUPPORTED,
  CLASS_ZERO,
  DENORMAL,
  DENORMAL_OPERAND,
  EXPONENT,
  INTEGER_BIT,
  INVALID,
  LOW,
  QUIET_BIT,
  R,
  ROUND_DOWN,
  SIGN,
  SIGNIFICAND,
  ZERO_DIVIDE,
  classOf,
  copyNumber,
  indefinite,
  isNan,
  raiseFloat,
  roundPack,
  rounding,
  setNumber,
  shiftRightSticky,
  shiftedHigh,
  shiftedLow,
} from './number';

/** SSE: the first operand's NaN wins. x87: the larger significand. */
let firstNanWins: bool = false;
export function setNanRule(first: bool): void {
  firstNanWins = first;
}

function quiet(from: usize): void {
  copyNumber(R, from);
  store<u32>(R, CLASS_QUIET, CLASS);
  store<u64>(R, load<u64>(from, SIGNIFICAND) | QUIET_BIT, SIGNIFICAND);
}

function invalid(): void {
  raiseFloat(INVALID);
  indefinite(R);
}

/** NaNs and unsupported encodings among A and B (B only when `two`). true: R is the result. */
export function nanResult(two: bool): bool {
  const a = classOf(A);
  const b = two ? classOf(B) : CLASS_ZERO;
  if (a == CLASS_UNSUPPORTED || b == CLASS_UNSUPPORTED) {
    invalid();
    return true;
  }
  if (a < CLASS_QUIET && b < CLASS_QUIET) return false;
  if (a == CLASS_SIGNALING || b == CLASS_SIGNALING) raiseFloat(INVALID);
  quiet(chosenNan(a, b));
  return true;
}

function chosenNan(a: u32, b: u32): usize {
  if (b < CLASS_QUIET) return A;
  if (a < CLASS_QUIET) return B;
  if (firstNanWins) return A;
  if (a != b) return a == CLASS_QUIET ? A : B;
  const first = load<u64>(A, SIGNIFICAND);
  const second = load<u64>(B, SIGNIFICAND);
  if (first != second) return first > second ? A : B;
  return load<u32>(A, SIGN) ? B : A;
}

function denormals(two: bool): void {
  if (load<u32>(A, DENORMAL) || (two && load<u32>(B, DENORMAL))) raiseFloat(DENORMAL_OPERAND);
}

function zero(sign: u32): void {
  setNumber(R, CLASS_ZERO, sign, 0, 0, 0);
}

function infinity(sign: u32): void {
  setNumber(R, CLASS_INFINITY, sign, 0, INTEGER_BIT, 0);
}

function normalizeAndRound(sign: u32, exponent: i32, high: u64, low: u64): void {
  if (high == 0 && low == 0) {
    zero(rounding == ROUND_DOWN ? 1 : 0);
    return;
  }
  if (high == 0) {
    high = low;
    low = 0;
    exponent -= 64;
  }
  const shift = <u32>clz(high);
  if (shift != 0) {
    high = (high << shift) | (low >> (64 - shift));
    low <<= shift;
    exponent -= <i32>shift;
  }
  roundPack(sign, exponent, high, low);
}

/** A + B, or A - B. */
export function add(negateB: bool): void {
  if (nanResult(true)) return;
  const signA = load<u32>(A, SIGN);
  const signB = load<u32>(B, SIGN) ^ (negateB ? 1 : 0);
  const a = classOf(A);
  const b = classOf(B);
  if (a == CLASS_INFINITY || b == CLASS_INFINITY) {
    if (a == b && signA != signB) {
      invalid();
      return;
    }
    denormals(true);
    infinity(a == CLASS_INFINITY ? signA : signB);
    return;
  }
  denormals(true);
  if (a == CLASS_ZERO && b == CLASS_ZERO) {
    zero(signA == signB ? signA : rounding == ROUND_DOWN ? 1 : 0);
    return;
  }
  if (b == CLASS_ZERO) roundPack(signA, load<i32>(A, EXPONENT), load<u64>(A, SIGNIFICAND), load<u64>(A, LOW));
  else if (a == CLASS_ZERO) roundPack(signB, load<i32>(B, EXPONENT), load<u64>(B, SIGNIFICAND), load<u64>(B, LOW));
  else addFinite(signA, signB);
}

function addFinite(signA: u32, signB: u32): void {
  let large = A;
  let small = B;
  let sign = signA;
  const difference = load<i32>(A, EXPONENT) - load<i32>(B, EXPONENT);
  if (difference < 0 || (difference == 0 && load<u64>(A, SIGNIFICAND) < load<u64>(B, SIGNIFICAND))) {
    large = B;
    small = A;
    sign = signB;
  }
  const exponent = load<i32>(large, EXPONENT);
  const high = load<u64>(large, SIGNIFICAND);
  const low = load<u64>(large, LOW);
  shiftRightSticky(load<u64>(small, SIGNIFICAND), load<u64>(small, LOW), <u32>(exponent - load<i32>(small, EXPONENT)));
  if (signA == signB) {
    const sumLow = low + shiftedLow;
    const carry: u64 = sumLow < low ? 1 : 0;
    const sum = high + shiftedHigh;
    const sumHigh = sum + carry;
    if (sum < high || sumHigh < sum) {
      shiftRightSticky(sumHigh, sumLow, 1);
      roundPack(sign, exponent + 1, shiftedHigh | INTEGER_BIT, shiftedLow);
    } else roundPack(sign, exponent, sumHigh, sumLow);
    return;
  }
  const borrow: u64 = low < shiftedLow ? 1 : 0;
  normalizeAndRound(sign, exponent, high - shiftedHigh - borrow, low - shiftedLow);
}

/** High half of an unsigned product. */
export function mulHigh64(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  const cross = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (cross >> 32);
}

export function multiply(): void {
  if (nanResult(true)) return;
  const sign = load<u32>(A, SIGN) ^ load<u32>(B, SIGN);
  const a = classOf(A);
  const b = classOf(B);
  if (a == CLASS_INFINITY || b == CLASS_INFINITY) {
    if (a == CLASS_ZERO || b == CLASS_ZERO) {
      invalid();
      return;
    }
    denormals(true);
    infinity(sign);
    return;
  }
  denormals(true);
  if (a == CLASS_ZERO || b == CLASS_ZERO) {
    zero(sign);
    return;
  }
  const x = load<u64>(A, SIGNIFICAND);
  const y = load<u64>(B, SIGNIFICAND);
  normalizeAndRound(sign, load<i32>(A, EXPONENT) + load<i32>(B, EXPONENT) + 1, mulHigh64(x, y), x * y);
}

/** A / B. */
export function divide(): void {
  if (nanResult(true)) return;
  const sign = load<u32>(A, SIGN) ^ load<u32>(B, SIGN);
  const a = classOf(A);
  const b = classOf(B);
  if ((a == CLASS_INFINITY && b == CLASS_INFINITY) || (a == CLASS_ZERO && b == CLASS_ZERO)) {
    invalid();
    return;
  }
  if (b == CLASS_ZERO) {
    if (a != CLASS_INFINITY) raiseFloat(ZERO_DIVIDE);
    infinity(sign);
    return;
  }
  denormals(true);
  if (a == CLASS_INFINITY) infinity(sign);
  else if (a == CLASS_ZERO || b == CLASS_INFINITY) zero(sign);
  else divideFinite(sign);
}

export let quotient: u64 = 0;
export let remainder: u64 = 0;

/** (high:low) / divisor with high < divisor: quotient and remainder. */
export function divideWide(high: u64, low: u64, divisor: u64): void {
  let rest = high;
  let result: u64 = 0;
  for (let bit = 63; bit >= 0; bit--) {
    const overflows = rest >> 63 != 0;
    rest = (rest << 1) | ((low >> bit) & 1);
    if (overflows || rest >= divisor) {
      rest -= divisor;
      result |= (<u64>1) << bit;
    }
  }
  quotient = result;
  remainder = rest;
}

/** Bits below a quotient: its half, and anything else. */
function quotientLow(rest: u64, divisor: u64): u64 {
  if (rest == 0) return 0;
  const other = divisor - rest;
  if (rest == other) return INTEGER_BIT;
  return rest > other ? INTEGER_BIT | 1 : 1;
}

function divideFinite(sign: u32): void {
  const x = load<u64>(A, SIGNIFICAND);
  const y = load<u64>(B, SIGNIFICAND);
  let exponent = load<i32>(A, EXPONENT) - load<i32>(B, EXPONENT);
  if (x < y) {
    exponent--;
    divideWide(x, 0, y);
  } else divideWide(x >> 1, x << 63, y);
  roundPack(sign, exponent, quotient, quotientLow(remainder, y));
}

export function squareRoot(): void {
  if (nanResult(false)) return;
  const kind = classOf(A);
  const sign = load<u32>(A, SIGN);
  if (kind == CLASS_ZERO) {
    zero(sign);
    return;
  }
  if (sign) {
    invalid();
    return;
  }
  denormals(false);
  if (kind == CLASS_INFINITY) infinity(0);
  else rootFinite();
}

/** Digit by digit: two bits of the radicand give one of the root. */
function rootFinite(): void {
  const significand = load<u64>(A, SIGNIFICAND);
  const exponent = load<i32>(A, EXPONENT);
  const odd = (exponent & 1) != 0;
  let high = odd ? significand : significand >> 1;
  let low: u64 = odd ? 0 : significand << 63;
  let root: u64 = 0;
  let restHigh: u64 = 0;
  let rest: u64 = 0;
  for (let step = 0; step < 64; step++) {
    restHigh = (restHigh << 2) | (rest >> 62);
    rest = (rest << 2) | (high >> 62);
    high = (high << 2) | (low >> 62);
    low <<= 2;
    const trialHigh = root >> 62;
    const trial = (root << 2) | 1;
    root <<= 1;
    if (restHigh > trialHigh || (restHigh == trialHigh && rest >= trial)) {
      restHigh -= trialHigh + <u64>(rest < trial);
      rest -= trial;
      root |= 1;
    }
  }
  const exact = restHigh == 0 && rest == 0;
  const above = restHigh != 0 || rest > root;
  roundPack(0, exponent >> 1, root, exact ? 0 : above ? INTEGER_BIT | 1 : 1);
}

export const COMPARE_LESS: i32 = -1;
export const COMPARE_EQUAL: i32 = 0;
export const COMPARE_GREATER: i32 = 1;
export const COMPARE_UNORDERED: i32 = 2;

/** A against B. `signalQuiet`: a quiet NaN is invalid too (FCOM, COMISS). */
export function compare(signalQuiet: bool): i32 {
  if (isNan(A) || isNan(B)) {
    const signals = classOf(A) >= CLASS_SIGNALING || classOf(B) >= CLASS_SIGNALING;
    if (signalQuiet || signals) raiseFloat(INVALID);
    return COMPARE_UNORDERED;
  }
  denormals(true);
  const a = classOf(A);
  const b = classOf(B);
  if (a == CLASS_ZERO && b == CLASS_ZERO) return COMPARE_EQUAL;
  const signA = load<u32>(A, SIGN);
  const signB = load<u32>(B, SIGN);
  if (a == CLASS_ZERO) return signB ? COMPARE_GREATER : COMPARE_LESS;
  if (b == CLASS_ZERO) return signA ? COMPARE_LESS : COMPARE_GREATER;
  if (signA != signB) return signA ? COMPARE_LESS : COMPARE_GREATER;
  const magnitude = compareMagnitude(a, b);
  return signA ? -magnitude : magnitude;
}

function compareMagnitude(a: u32, b: u32): i32 {
  if (a != b) return a == CLASS_INFINITY ? 1 : -1;
  if (a == CLASS_INFINITY) return 0;
  const exponentA = load<i32>(A, EXPONENT);
  const exponentB = load<i32>(B, EXPONENT);
  if (exponentA != exponentB) return exponentA > exponentB ? 1 : -1;
  const x = load<u64>(A, SIGNIFICAND);
  const y = load<u64>(B, SIGNIFICAND);
  return x == y ? 0 : x > y ? 1 : -1;
}
