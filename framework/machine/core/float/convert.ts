/** Rounding to another format, to and from integers, and to an integral value. */
import {
  A,
  CLASS_FINITE,
  CLASS_INFINITY,
  CLASS_UNSUPPORTED,
  CLASS_ZERO,
  DENORMAL,
  DENORMAL_OPERAND,
  EXPONENT,
  INTEGER_BIT,
  INVALID,
  LOW,
  PRECISION,
  R,
  ROUNDED_UP,
  ROUND_DOWN,
  ROUND_NEAREST,
  ROUND_UP,
  SIGN,
  SIGNIFICAND,
  classOf,
  copyNumber,
  isNan,
  raiseFloat,
  roundPack,
  rounding,
  setNumber,
  shiftRightSticky,
  shiftedHigh,
  shiftedLow,
} from './number';
import { nanResult } from './arithmetic';

/** A in the format of `begin`. `signalDenormal`: a denormal operand raises DE (loads and SSE conversions do, FST does not). */
export function convert(signalDenormal: bool): void {
  if (nanResult(false)) return;
  if (signalDenormal && load<u32>(A, DENORMAL)) raiseFloat(DENORMAL_OPERAND);
  if (classOf(A) != CLASS_FINITE) copyNumber(R, A);
  else roundPack(load<u32>(A, SIGN), load<i32>(A, EXPONENT), load<u64>(A, SIGNIFICAND), load<u64>(A, LOW));
}

let integer: u64 = 0;
let integerInexact: bool = false;
let integerUp: bool = false;
let integerCarried: bool = false;

/** |A| rounded to an integer of at most 64 bits by `mode`; the caller has made sure that the exponent is below 64. */
function roundInteger(mode: u32): void {
  const exponent = load<i32>(A, EXPONENT);
  const sign = load<u32>(A, SIGN) != 0;
  const count = exponent < -2 ? 66 : <u32>(63 - exponent);
  shiftRightSticky(load<u64>(A, SIGNIFICAND), 0, count);
  integer = shiftedHigh;
  const low = shiftedLow;
  integerInexact = low != 0;
  if (mode == ROUND_NEAREST) integerUp = low > INTEGER_BIT || (low == INTEGER_BIT && (integer & 1) != 0);
  else if (mode == ROUND_DOWN) integerUp = integerInexact && sign;
  else integerUp = mode == ROUND_UP && integerInexact && !sign;
  integerCarried = false;
  if (integerUp) {
    integer++;
    integerCarried = integer == 0;
  }
}

/** FRNDINT, ROUNDSx. */
export function roundToIntegral(mode: u32): void {
  if (nanResult(false)) return;
  if (load<u32>(A, DENORMAL)) raiseFloat(DENORMAL_OPERAND);
  const exponent = load<i32>(A, EXPONENT);
  if (classOf(A) != CLASS_FINITE || exponent >= 63) {
    copyNumber(R, A);
    return;
  }
  roundInteger(mode);
  if (integerInexact) raiseFloat(integerUp ? PRECISION | ROUNDED_UP : PRECISION);
  const sign = load<u32>(A, SIGN);
  if (integer == 0) {
    setNumber(R, CLASS_ZERO, sign, 0, 0, 0);
    return;
  }
  const shift = <i32>clz(integer);
  setNumber(R, CLASS_FINITE, sign, 63 - shift, integer << shift, 0);
}

/** A as a signed integer of `bits` bits by `mode`; out of range: INVALID and the least integer. */
export function toInteger(bits: u32, mode: u32): i64 {
  const indefinite: i64 = (<i64>INTEGER_BIT) >> (64 - bits);
  const kind = classOf(A);
  if (kind == CLASS_ZERO) return 0;
  if (isNan(A) || kind == CLASS_INFINITY || kind == CLASS_UNSUPPORTED || load<i32>(A, EXPONENT) > 63) {
    raiseFloat(INVALID);
    return indefinite;
  }
  roundInteger(mode);
  const sign = load<u32>(A, SIGN) != 0;
  const limit = (<u64>1) << (bits - 1);
  if (integerCarried || integer > limit || (integer == limit && !sign)) {
    raiseFloat(INVALID);
    return indefinite;
  }
  if (integerInexact) raiseFloat(integerUp ? PRECISION | ROUNDED_UP : PRECISION);
  return sign ? -(<i64>integer) : <i64>integer;
}

/** A signed integer into A, exactly. */
export function fromInteger(value: i64): void {
  if (value == 0) {
    setNumber(A, CLASS_ZERO, 0, 0, 0, 0);
    return;
  }
  const sign: u32 = value < 0 ? 1 : 0;
  const magnitude: u64 = sign ? <u64>-value : <u64>value;
  const shift = <i32>clz(magnitude);
  setNumber(A, CLASS_FINITE, sign, 63 - shift, magnitude << shift, 0);
}
