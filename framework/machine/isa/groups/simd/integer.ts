/** Integer addition, comparison, minimum, average, sign and multiplication, lane by lane (SDM 2). */
import type { Access } from '../../emit/access';
import type { Expr } from '../../emit/expression';
import { c32, c64 } from '../../emit/expression';
import type { VectorOp } from '../../emit/vector';
import { shuffleLanes, splatByte, vector, vectorOfLanes, zeroVector } from '../../emit/vector';
import type { Row } from '../../row';
import type { Compute } from './rows';
import { isMmx, pair, wide } from './rows';

const plain =
  (op: VectorOp): Compute =>
  (destination, source) =>
    vector(op, destination, source);
const ofSource =
  (op: VectorOp): Compute =>
  (_destination, source) =>
    vector(op, source);

const EVEN = [0, 2, 4, 6, 8, 10, 12, 14];
const ODD = [1, 3, 5, 7, 9, 11, 13, 15];

/** Even and odd lanes of destination and source one after the other; of MMX registers their 64 bits only. */
function pairs(bits: 16 | 32, destination: Expr, source: Expr, m: Access): [Expr, Expr] {
  const joined = isMmx(m) ? m.keep(shuffleLanes(64, destination, source, [0, 2])) : undefined;
  const from = [joined ?? destination, joined ?? source] as const;
  const count = 128 / bits;
  return [shuffleLanes(bits, ...from, EVEN.slice(0, count)), shuffleLanes(bits, ...from, ODD.slice(0, count))];
}

function horizontal(bits: 16 | 32, op: VectorOp): Compute {
  return (destination, source, m) => vector(op, ...pairs(bits, destination, source, m));
}

/** Negates where the source is negative, clears where it is 0. */
function sign(shape: 'i8x16' | 'i16x8' | 'i32x4'): Compute {
  return (destination, source, m) => {
    const negative = m.keep(vector(`${shape}.gt_s`, zeroVector, source));
    const signed = vector(`${shape}.sub`, vector('v128.xor', destination, negative), negative);
    return vector('v128.andnot', signed, vector(`${shape}.eq`, source, zeroVector));
  };
}

type ProductOp = 'i32x4.extmul_low_i16x8_s' | 'i32x4.extmul_high_i16x8_s' | 'i32x4.extmul_low_i16x8_u' | 'i32x4.extmul_high_i16x8_u';

/** High words of the 32-bit products. */
function highWords(low: ProductOp, high: ProductOp): Compute {
  return (a, b) => shuffleLanes(16, vector(low, a, b), vector(high, a, b), ODD);
}

/** PMULHRSW: the product rounded at bit 14. */
const roundedHigh: Compute = (a, b) => {
  const half = (op: ProductOp): Expr => {
    const rounded = vector('i32x4.add', vector('i32x4.shr_s', vector(op, a, b), c32(14)), vectorOfLanes(32, [1, 1, 1, 1]));
    return vector('i32x4.shr_s', rounded, c32(1));
  };
  return shuffleLanes(16, half('i32x4.extmul_low_i16x8_s'), half('i32x4.extmul_high_i16x8_s'), EVEN);
};

/** PMADDUBSW: unsigned bytes of the destination times signed ones of the source, pairs added with saturation. */
const multiplyAddBytes: Compute = (a, b) => {
  const low = vector(
    'i16x8.mul',
    vector('v128.and', a, vector('i16x8.splat', c32(0xff))),
    vector('i16x8.shr_s', vector('i16x8.shl', b, c32(8)), c32(8)),
  );
  const high = vector('i16x8.mul', vector('i16x8.shr_u', a, c32(8)), vector('i16x8.shr_s', b, c32(8)));
  return vector('i16x8.add_sat_s', low, high);
};

/** Products of the even doublewords. */
function evenProducts(op: 'i64x2.extmul_low_i32x4_s' | 'i64x2.extmul_low_i32x4_u'): Compute {
  return (a, b) => vector(op, shuffleLanes(32, a, a, [0, 2, 0, 2]), shuffleLanes(32, b, b, [0, 2, 0, 2]));
}

/** PSADBW: sum of the absolute differences of eight bytes. */
const differences: Compute = (a, b, m) => {
  const bytes = vector('v128.or', vector('i8x16.sub_sat_u', a, b), vector('i8x16.sub_sat_u', b, a));
  const quarters = m.keep(vector('i32x4.extadd_pairwise_i16x8_u', vector('i16x8.extadd_pairwise_i8x16_u', bytes)));
  const low = vector('v128.and', quarters, vector('i64x2.splat', c64(0xffff_ffff)));
  return vector('i64x2.add', low, vector('i64x2.shr_u', quarters, c32(32)));
};

const ADD_SUB: readonly Row[] = [
  ...pair('fc', 'PADDB', plain('i8x16.add')),
  ...pair('fd', 'PADDW', plain('i16x8.add')),
  ...pair('fe', 'PADDD', plain('i32x4.add')),
  ...pair('d4', 'PADDQ', plain('i64x2.add'), 'sse2'),
  ...pair('f8', 'PSUBB', plain('i8x16.sub')),
  ...pair('f9', 'PSUBW', plain('i16x8.sub')),
  ...pair('fa', 'PSUBD', plain('i32x4.sub')),
  ...pair('fb', 'PSUBQ', plain('i64x2.sub'), 'sse2'),
  ...pair('ec', 'PADDSB', plain('i8x16.add_sat_s')),
  ...pair('ed', 'PADDSW', plain('i16x8.add_sat_s')),
  ...pair('dc', 'PADDUSB', plain('i8x16.add_sat_u')),
  ...pair('dd', 'PADDUSW', plain('i16x8.add_sat_u')),
  ...pair('e8', 'PSUBSB', plain('i8x16.sub_sat_s')),
  ...pair('e9', 'PSUBSW', plain('i16x8.sub_sat_s')),
  ...pair('d8', 'PSUBUSB', plain('i8x16.sub_sat_u')),
  ...pair('d9', 'PSUBUSW', plain('i16x8.sub_sat_u')),
  ...pair('38 01', 'PHADDW', horizontal(16, 'i16x8.add'), 'ssse3', 'ssse3'),
  ...pair('38 02', 'PHADDD', horizontal(32, 'i32x4.add'), 'ssse3', 'ssse3'),
  ...pair('38 03', 'PHADDSW', horizontal(16, 'i16x8.add_sat_s'), 'ssse3', 'ssse3'),
  ...pair('38 05', 'PHSUBW', horizontal(16, 'i16x8.sub'), 'ssse3', 'ssse3'),
  ...pair('38 06', 'PHSUBD', horizontal(32, 'i32x4.sub'), 'ssse3', 'ssse3'),
  ...pair('38 07', 'PHSUBSW', horizontal(16, 'i16x8.sub_sat_s'), 'ssse3', 'ssse3'),
];

const COMPARE: readonly Row[] = [
  ...pair('74', 'PCMPEQB', plain('i8x16.eq')),
  ...pair('75', 'PCMPEQW', plain('i16x8.eq')),
  ...pair('76', 'PCMPEQD', plain('i32x4.eq')),
  wide('38 29', 'PCMPEQQ', plain('i64x2.eq'), 'sse41'),
  ...pair('64', 'PCMPGTB', plain('i8x16.gt_s')),
  ...pair('65', 'PCMPGTW', plain('i16x8.gt_s')),
  ...pair('66', 'PCMPGTD', plain('i32x4.gt_s')),
  wide('38 37', 'PCMPGTQ', plain('i64x2.gt_s'), 'sse42'),
  ...pair('da', 'PMINUB', plain('i8x16.min_u'), 'sse'),
  ...pair('de', 'PMAXUB', plain('i8x16.max_u'), 'sse'),
  ...pair('ea', 'PMINSW', plain('i16x8.min_s'), 'sse'),
  ...pair('ee', 'PMAXSW', plain('i16x8.max_s'), 'sse'),
  wide('38 38', 'PMINSB', plain('i8x16.min_s'), 'sse41'),
  wide('38 39', 'PMINSD', plain('i32x4.min_s'), 'sse41'),
  wide('38 3a', 'PMINUW', plain('i16x8.min_u'), 'sse41'),
  wide('38 3b', 'PMINUD', plain('i32x4.min_u'), 'sse41'),
  wide('38 3c', 'PMAXSB', plain('i8x16.max_s'), 'sse41'),
  wide('38 3d', 'PMAXSD', plain('i32x4.max_s'), 'sse41'),
  wide('38 3e', 'PMAXUW', plain('i16x8.max_u'), 'sse41'),
  wide('38 3f', 'PMAXUD', plain('i32x4.max_u'), 'sse41'),
  ...pair('e0', 'PAVGB', plain('i8x16.avgr_u'), 'sse'),
  ...pair('e3', 'PAVGW', plain('i16x8.avgr_u'), 'sse'),
  ...pair('f6', 'PSADBW', differences, 'sse'),
  ...pair('38 1c', 'PABSB', ofSource('i8x16.abs'), 'ssse3', 'ssse3'),
  ...pair('38 1d', 'PABSW', ofSource('i16x8.abs'), 'ssse3', 'ssse3'),
  ...pair('38 1e', 'PABSD', ofSource('i32x4.abs'), 'ssse3', 'ssse3'),
  ...pair('38 08', 'PSIGNB', sign('i8x16'), 'ssse3', 'ssse3'),
  ...pair('38 09', 'PSIGNW', sign('i16x8'), 'ssse3', 'ssse3'),
  ...pair('38 0a', 'PSIGND', sign('i32x4'), 'ssse3', 'ssse3'),
];

const MULTIPLY: readonly Row[] = [
  ...pair('d5', 'PMULLW', plain('i16x8.mul')),
  ...pair('e5', 'PMULHW', highWords('i32x4.extmul_low_i16x8_s', 'i32x4.extmul_high_i16x8_s')),
  ...pair('e4', 'PMULHUW', highWords('i32x4.extmul_low_i16x8_u', 'i32x4.extmul_high_i16x8_u'), 'sse'),
  ...pair('38 0b', 'PMULHRSW', roundedHigh, 'ssse3', 'ssse3'),
  ...pair('f5', 'PMADDWD', plain('i32x4.dot_i16x8_s')),
  ...pair('38 04', 'PMADDUBSW', multiplyAddBytes, 'ssse3', 'ssse3'),
  ...pair('f4', 'PMULUDQ', evenProducts('i64x2.extmul_low_i32x4_u'), 'sse2'),
  wide('38 28', 'PMULDQ', evenProducts('i64x2.extmul_low_i32x4_s'), 'sse41'),
  wide('38 40', 'PMULLD', plain('i32x4.mul'), 'sse41'),
];

/** PSHUFB: an index with bit 7 set gives 0. */
const shuffleBytes: Compute = (a, b, m) => vector('i8x16.swizzle', a, vector('v128.and', b, splatByte(isMmx(m) ? 0x87 : 0x8f)));

export const SIMD_INTEGER: readonly Row[] = [
  ...ADD_SUB,
  ...COMPARE,
  ...MULTIPLY,
  ...pair('38 00', 'PSHUFB', shuffleBytes, 'ssse3', 'ssse3'),
];
