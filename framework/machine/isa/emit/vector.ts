/** Operations on v128 values (WebAssembly core specification 2.0, 5.4.8), by the names that Wasm's text format gives them. */
import type { Expr, ValueType } from './expression';
import { c32 } from './expression';

const CODES = {
  'v128.not': 0x4d,
  'v128.and': 0x4e,
  'v128.andnot': 0x4f,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'v128.bitselect': 0x52,
  'v128.any_true': 0x53,
  'i8x16.swizzle': 0x0e,
  'i8x16.splat': 0x0f,
  'i8x16.eq': 0x23,
  'i8x16.gt_s': 0x27,
  'i8x16.abs': 0x60,
  'i8x16.neg': 0x61,
  'i8x16.bitmask': 0x64,
  'i8x16.narrow_i16x8_s': 0x65,
  'i8x16.narrow_i16x8_u': 0x66,
  'i8x16.add': 0x6e,
  'i8x16.add_sat_s': 0x6f,
  'i8x16.add_sat_u': 0x70,
  'i8x16.sub': 0x71,
  'i8x16.sub_sat_s': 0x72,
  'i8x16.sub_sat_u': 0x73,
  'i8x16.min_s': 0x76,
  'i8x16.min_u': 0x77,
  'i8x16.max_s': 0x78,
  'i8x16.max_u': 0x79,
  'i8x16.avgr_u': 0x7b,
  'i16x8.splat': 0x10,
  'i16x8.eq': 0x2d,
  'i16x8.gt_s': 0x31,
  'i16x8.extadd_pairwise_i8x16_u': 0x7d,
  'i16x8.abs': 0x80,
  'i16x8.neg': 0x81,
  'i16x8.narrow_i32x4_s': 0x85,
  'i16x8.narrow_i32x4_u': 0x86,
  'i16x8.extend_low_i8x16_s': 0x87,
  'i16x8.extend_high_i8x16_s': 0x88,
  'i16x8.extend_low_i8x16_u': 0x89,
  'i16x8.extend_high_i8x16_u': 0x8a,
  'i16x8.shl': 0x8b,
  'i16x8.shr_s': 0x8c,
  'i16x8.shr_u': 0x8d,
  'i16x8.add': 0x8e,
  'i16x8.add_sat_s': 0x8f,
  'i16x8.add_sat_u': 0x90,
  'i16x8.sub': 0x91,
  'i16x8.sub_sat_s': 0x92,
  'i16x8.sub_sat_u': 0x93,
  'i16x8.mul': 0x95,
  'i16x8.min_s': 0x96,
  'i16x8.min_u': 0x97,
  'i16x8.max_s': 0x98,
  'i16x8.max_u': 0x99,
  'i16x8.avgr_u': 0x9b,
  'i32x4.splat': 0x11,
  'i32x4.eq': 0x37,
  'i32x4.gt_s': 0x3b,
  'i32x4.extadd_pairwise_i16x8_u': 0x7f,
  'i32x4.abs': 0xa0,
  'i32x4.neg': 0xa1,
  'i32x4.bitmask': 0xa4,
  'i32x4.extend_low_i16x8_s': 0xa7,
  'i32x4.extend_low_i16x8_u': 0xa9,
  'i32x4.shl': 0xab,
  'i32x4.shr_s': 0xac,
  'i32x4.shr_u': 0xad,
  'i32x4.add': 0xae,
  'i32x4.sub': 0xb1,
  'i32x4.mul': 0xb5,
  'i32x4.min_s': 0xb6,
  'i32x4.min_u': 0xb7,
  'i32x4.max_s': 0xb8,
  'i32x4.max_u': 0xb9,
  'i32x4.dot_i16x8_s': 0xba,
  'i32x4.extmul_low_i16x8_s': 0xbc,
  'i32x4.extmul_high_i16x8_s': 0xbd,
  'i32x4.extmul_low_i16x8_u': 0xbe,
  'i32x4.extmul_high_i16x8_u': 0xbf,
  'i64x2.splat': 0x12,
  'i64x2.bitmask': 0xc4,
  'i64x2.extend_low_i32x4_s': 0xc7,
  'i64x2.extend_low_i32x4_u': 0xc9,
  'i64x2.shl': 0xcb,
  'i64x2.shr_u': 0xcd,
  'i64x2.add': 0xce,
  'i64x2.sub': 0xd1,
  'i64x2.eq': 0xd6,
  'i64x2.gt_s': 0xd9,
  'i64x2.extmul_low_i32x4_s': 0xdc,
  'i64x2.extmul_low_i32x4_u': 0xde,
} as const;
export type VectorOp = keyof typeof CODES;

const SCALARS = /bitmask|any_true/;

/** An operation on whole vectors; shifts have an i32 count, splats a scalar. */
export function vector(op: VectorOp, ...args: readonly Expr[]): Expr {
  return { type: SCALARS.test(op) ? 'i32' : 'v128', op: 'vector', args, value: CODES[op] };
}

/** Numbers of extract_lane (zero-extending) and replace_lane by lane width. */
const LANES = { 8: [0x16, 0x17], 16: [0x19, 0x1a], 32: [0x1b, 0x1c], 64: [0x1d, 0x1e] } as const;
export type LaneBits = keyof typeof LANES;

export function extractLane(bits: LaneBits, from: Expr, lane: number): Expr {
  const type: ValueType = bits === 64 ? 'i64' : 'i32';
  return { type, op: 'vector', args: [from], value: LANES[bits][0], immediate: [lane] };
}

export function replaceLane(bits: LaneBits, into: Expr, lane: number, value: Expr): Expr {
  return { type: 'v128', op: 'vector', args: [into, value], value: LANES[bits][1], immediate: [lane] };
}

/** 16 bytes, little-endian. */
export function vectorConstant(bytes: readonly number[]): Expr {
  if (bytes.length !== 16) throw new Error(`a vector of ${bytes.length} bytes`);
  return { type: 'v128', op: 'vector', args: [], value: 0x0c, immediate: bytes.map((byte) => byte & 0xff) };
}

/** Lanes of `bits` bits, the lowest first. */
export function vectorOfLanes(bits: 8 | 16 | 32, lanes: readonly number[]): Expr {
  return vectorConstant(lanes.flatMap((lane) => Array.from({ length: bits / 8 }, (_, index) => (lane >>> (8 * index)) & 0xff)));
}

export const zeroVector = vectorConstant(new Array<number>(16).fill(0));

/** Bytes of `a` (0 to 15) and `b` (16 to 31) by number. */
function shuffle(a: Expr, b: Expr, bytes: readonly number[]): Expr {
  if (bytes.length !== 16) throw new Error(`a shuffle of ${bytes.length} bytes`);
  return { type: 'v128', op: 'vector', args: [a, b], value: 0x0d, immediate: bytes };
}

/** The same by lanes of `bits` bits. */
export function shuffleLanes(bits: LaneBits, a: Expr, b: Expr, lanes: readonly number[]): Expr {
  const bytes = bits / 8;
  return shuffle(
    a,
    b,
    lanes.flatMap((lane) => Array.from({ length: bytes }, (_, index) => lane * bytes + index)),
  );
}

function memoryArgument(offset: number): number[] {
  const bytes = [0];
  for (let rest = offset; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

const LOADS = { 32: 0x5c, 64: 0x5d, 128: 0x00 } as const;

/** `bits` bits at a host address, zeros above. */
export function loadVector(address: Expr, bits: keyof typeof LOADS = 128, offset = 0): Expr {
  return { type: 'v128', op: 'vector', args: [address], value: LOADS[bits], immediate: memoryArgument(offset) };
}

/** Zero-extended to a vector. */
export function scalarToVector(value: Expr): Expr {
  return replaceLane(value.type === 'i64' ? 64 : 32, zeroVector, 0, value);
}

export const splatByte = (value: number): Expr => vector('i8x16.splat', c32(value));
