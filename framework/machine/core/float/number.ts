/**
 * Binary floating point in software: unpacked numbers and rounding (IEEE 754-2008; SDM vol. 1, chapters 4 and 8).
 *
 * An unpacked number is a record in memory: value = significand / 2^63 * 2^exponent, significand with bit 63 set, and
 * LOW the bits below it (the last one sticky). Exceptions of an operation gather in `raised`, as in FSW and MXCSR, C1 at bit 9.
 */
export const NUMBER_BYTES = 32;
export const SIGN = 0; // u32: 0, 1
export const CLASS = 4; // u32: CLASS_*
export const EXPONENT = 8; // i32, unbiased
export const DENORMAL = 12; // u32: it was encoded as a denormal
export const SIGNIFICAND = 16; // u64
export const LOW = 24; // u64

export const CLASS_ZERO: u32 = 0;
export const CLASS_FINITE: u32 = 1;
export const CLASS_INFINITY: u32 = 2;
export const CLASS_QUIET: u32 = 3;
export const CLASS_SIGNALING: u32 = 4;
export const CLASS_UNSUPPORTED: u32 = 5;

export const INVALID: u32 = 0x01;
export const DENORMAL_OPERAND: u32 = 0x02;
export const ZERO_DIVIDE: u32 = 0x04;
export const OVERFLOW: u32 = 0x08;
export const UNDERFLOW: u32 = 0x10;
export const PRECISION: u32 = 0x20;
export const ROUNDED_UP: u32 = 0x200;

export const ROUND_NEAREST: u32 = 0;
export const ROUND_DOWN: u32 = 1;
export const ROUND_UP: u32 = 2;
export const ROUND_ZERO: u32 = 3;

export const INTEGER_BIT: u64 = 0x8000000000000000;
export const QUIET_BIT: u64 = 0x4000000000000000;

/** Operands and result of the operation under way. */
export const A: usize = memory.data(NUMBER_BYTES, 16);
export const B: usize = memory.data(NUMBER_BYTES, 16);
export const R: usize = memory.data(NUMBER_BYTES, 16);

export let raised: u32 = 0;
export let rounding: u32 = ROUND_NEAREST;
/** Format of the result: significand bits and exponent range. */
let precision: u32 = 64;
let exponentMin: i32 = -16382;
let exponentMax: i32 = 16383;
/** Underflow and overflow that are not masked: the result is delivered scaled. */
let unmasked: u32 = 0;
/** FTZ of MXCSR: a tiny result is a zero. */
let flushing: bool = false;

export function begin(roundingMode: u32, significandBits: u32, min: i32, max: i32, unmaskedExceptions: u32): void {
  raised = 0;
  rounding = roundingMode;
  precision = significandBits;
  exponentMin = min;
  exponentMax = max;
  unmasked = unmaskedExceptions;
  flushing = false;
}

/** After `begin`: whether a tiny result becomes zero; unmasked underflow goes before it. */
export function flushTiny(flush: bool): void {
  flushing = flush;
}

export function raiseFloat(bits: u32): void {
  raised |= bits;
}

export function setNumber(at: usize, kind: u32, sign: u32, exponent: i32, significand: u64, low: u64): void {
  store<u32>(at, sign, SIGN);
  store<u32>(at, kind, CLASS);
  store<i32>(at, exponent, EXPONENT);
  store<u32>(at, 0, DENORMAL);
  store<u64>(at, significand, SIGNIFICAND);
  store<u64>(at, low, LOW);
}

export function classOf(at: usize): u32 {
  return load<u32>(at, CLASS);
}

export function isNan(at: usize): bool {
  return classOf(at) >= CLASS_QUIET;
}

export function copyNumber(to: usize, from: usize): void {
  memory.copy(to, from, NUMBER_BYTES);
}

/** The default NaN, "real indefinite". */
export function indefinite(at: usize): void {
  setNumber(at, CLASS_QUIET, 1, 0, INTEGER_BIT | QUIET_BIT, 0);
}

// ------------------------------------------------------------------------------------------------ encodings

export function unpack80(at: usize, signExponent: u32, significand: u64): void {
  const sign = (signExponent >> 15) & 1;
  const biased = <i32>(signExponent & 0x7fff);
  if (biased == 0x7fff) {
    const fraction = significand << 1;
    const kind = !(significand & INTEGER_BIT)
      ? CLASS_UNSUPPORTED
      : fraction == 0
        ? CLASS_INFINITY
        : significand & QUIET_BIT
          ? CLASS_QUIET
          : CLASS_SIGNALING;
    setNumber(at, kind, sign, 0, significand, 0);
  } else if (biased != 0) {
    setNumber(at, significand & INTEGER_BIT ? CLASS_FINITE : CLASS_UNSUPPORTED, sign, biased - 16383, significand, 0);
  } else unpackDenormal(at, sign, -16382, significand);
}

function unpackDenormal(at: usize, sign: u32, exponent: i32, significand: u64): void {
  if (significand == 0) {
    setNumber(at, CLASS_ZERO, sign, 0, 0, 0);
    return;
  }
  const shift = <i32>clz(significand);
  setNumber(at, CLASS_FINITE, sign, exponent - shift, significand << shift, 0);
  store<u32>(at, 1, DENORMAL);
}

function unpackIeee(at: usize, sign: u32, biased: i32, fraction: u64, maxBiased: i32, bias: i32): void {
  if (biased == maxBiased) {
    const kind = fraction == 0 ? CLASS_INFINITY : fraction & INTEGER_BIT ? CLASS_QUIET : CLASS_SIGNALING;
    setNumber(at, kind, sign, 0, INTEGER_BIT | (fraction >> 1), 0);
  } else if (biased != 0) setNumber(at, CLASS_FINITE, sign, biased - bias, INTEGER_BIT | (fraction >> 1), 0);
  else unpackDenormal(at, sign, 1 - bias, fraction >> 1);
}

export function unpack64(at: usize, bits: u64): void {
  unpackIeee(at, <u32>(bits >> 63), <i32>((bits >> 52) & 0x7ff), bits << 12, 0x7ff, 1023);
}

export function unpack32(at: usize, bits: u32): void {
  unpackIeee(at, bits >>> 31, <i32>((bits >>> 23) & 0xff), (<u64>bits) << 41, 0xff, 127);
}

/** Sign and exponent field of R in 80-bit format; the significand is R's. */
export function packedSignExponent(): u32 {
  const sign = load<u32>(R, SIGN) << 15;
  const kind = classOf(R);
  if (kind == CLASS_ZERO) return sign;
  if (kind != CLASS_FINITE) return sign | 0x7fff;
  return load<u64>(R, SIGNIFICAND) & INTEGER_BIT ? sign | (<u32>(load<i32>(R, EXPONENT) + 16383)) : sign;
}

export function packedSignificand(): u64 {
  return classOf(R) == CLASS_ZERO ? 0 : load<u64>(R, SIGNIFICAND);
}

export function packed64(): u64 {
  const sign = (<u64>load<u32>(R, SIGN)) << 63;
  const kind = classOf(R);
  const significand = load<u64>(R, SIGNIFICAND);
  if (kind == CLASS_ZERO) return sign;
  const fraction = (significand << 1) >> 12;
  if (kind != CLASS_FINITE) return sign | 0x7ff0000000000000 | fraction;
  const biased: u64 = significand & INTEGER_BIT ? <u64>(load<i32>(R, EXPONENT) + 1023) : 0;
  return sign | (biased << 52) | fraction;
}

export function packed32(): u32 {
  const sign = load<u32>(R, SIGN) << 31;
  const kind = classOf(R);
  const significand = load<u64>(R, SIGNIFICAND);
  if (kind == CLASS_ZERO) return sign;
  const fraction = <u32>((significand << 1) >> 41);
  if (kind != CLASS_FINITE) return sign | 0x7f800000 | fraction;
  const biased: u32 = significand & INTEGER_BIT ? <u32>(load<i32>(R, EXPONENT) + 127) : 0;
  return sign | (biased << 23) | fraction;
}

// ------------------------------------------------------------------------------------------------ rounding

let kept: u64 = 0;
let carried: bool = false;
let inexact: bool = false;
let up: bool = false;

/** Rounds high:low to the format's significand: kept, carried (it became 2^64), inexact, up. */
function roundBits(sign: u32, high: u64, low: u64): void {
  const dropped = 64 - precision;
  let half: bool;
  let rest: bool;
  if (dropped == 0) {
    half = low >> 63 != 0;
    rest = low << 1 != 0;
  } else {
    half = ((high >> (dropped - 1)) & 1) != 0;
    rest = (high & (((<u64>1) << (dropped - 1)) - 1)) != 0 || low != 0;
  }
  const unit: u64 = (<u64>1) << dropped;
  inexact = half || rest;
  kept = high & ~(unit - 1);
  if (rounding == ROUND_NEAREST) up = half && (rest || (kept & unit) != 0);
  else if (rounding == ROUND_ZERO) up = false;
  else up = inexact && (rounding == ROUND_DOWN) == (sign != 0);
  carried = false;
  if (up) {
    kept += unit;
    carried = kept == 0;
  }
}

/** high:low shifted right; what falls out is kept as stickiness. */
function shiftRight(high: u64, low: u64, count: u32): void {
  if (count == 0) {
    shiftedHigh = high;
    shiftedLow = low;
  } else if (count < 64) {
    const lost = low << (64 - count);
    shiftedLow = (low >> count) | (high << (64 - count)) | (<u64>(lost != 0));
    shiftedHigh = high >> count;
  } else if (count < 128) {
    const lost = low != 0 || (count > 64 && high << (128 - count) != 0);
    shiftedLow = (count == 64 ? high : high >> (count - 64)) | (<u64>lost);
    shiftedHigh = 0;
  } else {
    shiftedLow = <u64>(high != 0 || low != 0);
    shiftedHigh = 0;
  }
}
export let shiftedHigh: u64 = 0;
export let shiftedLow: u64 = 0;

export function shiftRightSticky(high: u64, low: u64, count: u32): void {
  shiftRight(high, low, count);
}

/** Rounds a finite, normalised value into R, with overflow, underflow, precision and C1. */
export function roundPack(sign: u32, exponent: i32, high: u64, low: u64): void {
  if (exponent < exponentMin) {
    if (roundTiny(sign, exponent, high, low)) return;
    // It rounded up to the least normal number.
  }
  roundBits(sign, high, low);
  if (carried) {
    kept = INTEGER_BIT;
    exponent++;
  }
  if (exponent > exponentMax) {
    overflow(sign, exponent);
    return;
  }
  noteInexact();
  setNumber(R, CLASS_FINITE, sign, exponent, kept, 0);
}

function noteInexact(): void {
  if (inexact) raised |= up ? PRECISION | ROUNDED_UP : PRECISION;
}

/** A result below the least normal number. false: rounding at full precision makes it normal. */
function roundTiny(sign: u32, exponent: i32, high: u64, low: u64): bool {
  roundBits(sign, high, low);
  if (exponent == exponentMin - 1 && carried) {
    // Tininess is detected after rounding (SDM vol. 1, 4.9.1.5), but the delivered bits are those of the denormal rounding.
    shiftRight(high, low, 1);
    roundBits(sign, shiftedHigh, shiftedLow);
    noteInexact();
    setNumber(R, CLASS_FINITE, sign, exponentMin, kept, 0);
    return true;
  }
  if (unmasked & UNDERFLOW) {
    raised |= UNDERFLOW;
    if (carried) {
      kept = INTEGER_BIT;
      exponent++;
    }
    noteInexact();
    setNumber(R, CLASS_FINITE, sign, exponent + scale(), kept, 0);
    return true;
  }
  if (flushing) {
    raised |= UNDERFLOW | PRECISION;
    setNumber(R, CLASS_ZERO, sign, 0, 0, 0);
    return true;
  }
  const distance = <u32>(exponentMin - exponent);
  shiftRight(high, low, distance);
  roundBits(sign, shiftedHigh, shiftedLow);
  if (inexact) raised |= UNDERFLOW;
  noteInexact();
  setNumber(R, kept == 0 ? CLASS_ZERO : CLASS_FINITE, sign, exponentMin, kept, 0);
  return true;
}

/** Bias adjustment of unmasked overflow and underflow: 24576 in the extended format. */
function scale(): i32 {
  return exponentMax == 16383 ? 24576 : exponentMax == 1023 ? 1536 : 192;
}

function overflow(sign: u32, exponent: i32): void {
  raised |= OVERFLOW;
  if (unmasked & OVERFLOW) {
    noteInexact();
    setNumber(R, CLASS_FINITE, sign, exponent - scale(), kept, 0);
    return;
  }
  raised |= PRECISION;
  const toInfinity = rounding == ROUND_NEAREST || (rounding == ROUND_DOWN && sign != 0) || (rounding == ROUND_UP && sign == 0);
  if (toInfinity) {
    raised |= ROUNDED_UP;
    setNumber(R, CLASS_INFINITY, sign, 0, INTEGER_BIT, 0);
  } else {
    const dropped = 64 - precision;
    setNumber(R, CLASS_FINITE, sign, exponentMax, ~(((<u64>1) << dropped) - 1), 0);
  }
}
