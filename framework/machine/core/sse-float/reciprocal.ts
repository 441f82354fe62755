/**
 * RCPPS, RCPSS, RSQRTPS, RSQRTSS: approximations, without exceptions and whatever MXCSR says. SDM vol. 2 allows a relative error of
 * 1.5 * 2^-12 and leaves the bits to the processor: here the function of the middle of 4096 equal parts of a binade, rounded to 13 bits.
 */
import { RESULT, VECTOR_BYTES, deliver, elementBytes } from './elements';

const SIGN_BIT: u32 = 0x80000000;
const QUIET: u32 = 0x00400000;
const INFINITY: u32 = 0x7f800000;
const INDEFINITE: u32 = 0xffc00000;
const BIAS: i32 = 127;
/** Bits of the argument that count, and of the result. */
const INDEX_SHIFT: u32 = 11;
const RESULT_BITS: i32 = 13;

/** An integer of at most 13 bits times 2^exponent; what would be a denormal is 0. */
function scaled(value: u32, exponent: i32): u32 {
  const bits = reinterpret<i32>(<f32>value) + (exponent << 23);
  return bits < 0x00800000 ? 0 : <u32>bits;
}

/** Twice the middle of the argument's part, in 4096ths: for a significand of 1 to 2. */
function doubledMiddle(magnitude: u32): u32 {
  return 8193 + 2 * ((magnitude >> INDEX_SHIFT) & 0xfff);
}

function reciprocalOf(bits: u32): u32 {
  const sign = bits & SIGN_BIT;
  const magnitude = bits & ~SIGN_BIT;
  if (magnitude > INFINITY) return bits | QUIET;
  if (magnitude == INFINITY) return sign;
  const exponent = <i32>(magnitude >> 23);
  if (exponent == 0) return sign | INFINITY;
  const divisor = doubledMiddle(magnitude);
  return sign | scaled(((1 << 26) + (divisor >> 1)) / divisor, BIAS - exponent - RESULT_BITS);
}

function reciprocalRootOf(bits: u32): u32 {
  const magnitude = bits & ~SIGN_BIT;
  if (magnitude > INFINITY) return bits | QUIET;
  const exponent = <i32>(magnitude >> 23);
  if (exponent == 0) return (bits & SIGN_BIT) | INFINITY;
  if (bits & SIGN_BIT) return INDEFINITE;
  if (magnitude == INFINITY) return 0;
  const power = exponent - BIAS;
  const divisor = doubledMiddle(magnitude) << (power & 1);
  const root = <u32>(sqrt<f64>(<f64>((<u64>1) << 39) / <f64>divisor) + 0.5);
  return scaled(root, -(power >> 1) - RESULT_BITS);
}

/** 0F 52 (`root`) and 0F 53. */
export function approximate(root: bool, packed: bool, to: usize, from: usize): void {
  const bytes = packed ? VECTOR_BYTES : elementBytes(false);
  for (let at: u32 = 0; at < bytes; at += 4) {
    const bits = load<u32>(from + at);
    store<u32>(RESULT + at, root ? reciprocalRootOf(bits) : reciprocalOf(bits));
  }
  deliver(to, bytes);
}
