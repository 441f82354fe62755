/** Packing, interleaving, widening, and shuffles by immediate (SDM 2). */
import type { Emit } from '../../emit/access';
import type { Expr } from '../../emit/expression';
import { c32 } from '../../emit/expression';
import type { VectorOp } from '../../emit/vector';
import { shuffleLanes, vector, vectorOfLanes } from '../../emit/vector';
import type { Feature, Row } from '../../row';
import { row } from '../../row';
import { mmx, sse } from './gate';
import type { Compute } from './rows';
import { emitCompute, isMmx, pair, wide } from './rows';

function pack(op: VectorOp): Compute {
  return (destination, source, m) => {
    if (!isMmx(m)) return vector(op, destination, source);
    const joined = m.keep(shuffleLanes(64, destination, source, [0, 2]));
    return vector(op, joined, joined);
  };
}

/** Lanes of destination and source in turn, from the low or the high half on. */
function unpack(bits: 8 | 16 | 32 | 64, high: boolean): Compute {
  return (destination, source, m) => {
    const count = 128 / bits;
    const first = high ? m.vectorSize(0) / bits / 2 : 0;
    const lanes = Array.from({ length: count }, (_, index) => first + (index >> 1) + (index & 1) * count);
    return shuffleLanes(bits, destination, source, lanes);
  };
}

/** PUNPCKL of MMX registers reads 4 bytes of memory. */
function unpackPair(low: string, high: string, suffix: string, bits: 8 | 16 | 32): Row[] {
  const emitLow = emitCompute(unpack(bits, false));
  return [
    row(`np 0f ${low}`, `PUNPCKL${suffix} Pq Qd`, 'b', mmx(emitLow), { feature: 'mmx' }),
    row(`p66 0f ${low}`, `PUNPCKL${suffix} Vx Wx`, 'b', sse(emitLow), { feature: 'sse2' }),
    ...pair(high, `PUNPCKH${suffix}`, unpack(bits, true)),
  ];
}

/** Byte indexes of lanes whose numbers are the immediate's two-bit fields: `factors` move field n to bits 7-6. */
function fields(bits: 16 | 32, immediate: Expr, factors: readonly number[], bases: readonly number[]): Expr {
  const shape = bits === 16 ? 'i16x8' : 'i32x4';
  const spread = vector(`${shape}.mul`, vector(`${shape}.splat`, immediate), vectorOfLanes(bits, factors));
  const lane = vector('v128.and', vector(`${shape}.shr_u`, spread, c32(6)), vector(`${shape}.splat`, c32(3)));
  const scale = bits === 16 ? 0x0202 : 0x0404_0404;
  return vector(`${shape}.add`, vector(`${shape}.mul`, lane, vector(`${shape}.splat`, c32(scale))), vectorOfLanes(bits, bases));
}

const FACTORS = [64, 16, 4, 1];
const NO_FACTORS = [0, 0, 0, 0];
const WORD_0 = 0x0100;
const WORDS = (first: number): number[] => [0, 1, 2, 3].map((index) => WORD_0 + 0x0202 * (first + index));
const SAME = (base: number): number[] => [base, base, base, base];
const DOUBLE_0 = 0x0302_0100;

const doublewords = (immediate: Expr): Expr => fields(32, immediate, FACTORS, SAME(DOUBLE_0));
const lowWords = (immediate: Expr): Expr => fields(16, immediate, [...FACTORS, ...NO_FACTORS], [...SAME(WORD_0), ...WORDS(4)]);
const highWords = (immediate: Expr): Expr => fields(16, immediate, [...NO_FACTORS, ...FACTORS], [...WORDS(0), ...SAME(WORD_0 + 0x0808)]);

function emitShuffle(indexes: (immediate: Expr) => Expr): Emit {
  return (m) => m.setVector(0, vector('i8x16.swizzle', m.vector(1), indexes(m.read(2))));
}

/** SHUFPS: two lanes of the destination, then two of the source. */
const emitShufps: Emit = (m) => {
  const source = m.vector(1);
  const index = m.keep(doublewords(m.read(2)));
  const low = vector('i8x16.swizzle', m.vector(0), index);
  m.setVector(0, shuffleLanes(64, low, vector('i8x16.swizzle', source, index), [0, 3]));
};

/** SHUFPD: bit 0 selects from the destination, bit 1 from the source. */
const emitShufpd: Emit = (m) => {
  const source = m.vector(1);
  const destination = m.vector(0);
  const immediate = vector('i32x4.splat', m.read(2));
  const bits = vectorOfLanes(32, [1, 1, 2, 2]);
  const high = vector('i32x4.eq', vector('v128.and', immediate, bits), bits);
  const highs = shuffleLanes(64, destination, source, [1, 3]);
  m.setVector(0, vector('v128.bitselect', highs, shuffleLanes(64, destination, source, [0, 2]), high));
};

/** PMOVSX and PMOVZX: steps of widening, the source `size` bits long. */
function widen(opcode: string, name: string, size: 'w' | 'd' | 'q', ops: readonly VectorOp[]): Row {
  const emit: Emit = (m) =>
    m.setVector(
      0,
      ops.reduce((value, op) => vector(op, value), m.vector(1)),
    );
  return row(`p66 0f 38 ${opcode}`, `${name} Vx W${size}`, 'b', sse(emit), { feature: 'sse41' });
}

function widenings(first: 2 | 3, name: string, sign: 's' | 'u'): Row[] {
  const words: VectorOp = `i16x8.extend_low_i8x16_${sign}`;
  const doubles: VectorOp = `i32x4.extend_low_i16x8_${sign}`;
  const quads: VectorOp = `i64x2.extend_low_i32x4_${sign}`;
  return [
    widen(`${first}0`, `${name}BW`, 'q', [words]),
    widen(`${first}1`, `${name}BD`, 'd', [words, doubles]),
    widen(`${first}2`, `${name}BQ`, 'w', [words, doubles, quads]),
    widen(`${first}3`, `${name}WD`, 'q', [doubles]),
    widen(`${first}4`, `${name}WQ`, 'd', [doubles, quads]),
    widen(`${first}5`, `${name}DQ`, 'q', [quads]),
  ];
}

/** PS and PD forms of an interleaving. */
function unpackFloat(opcode: string, name: string, high: boolean): Row[] {
  const form = (prefix: string, suffix: string, bits: 32 | 64, feature: Feature): Row =>
    row(`${prefix} 0f ${opcode}`, `${name}${suffix} Vx Wx`, 'b', sse(emitCompute(unpack(bits, high))), { feature });
  return [form('np', 'PS', 32, 'sse'), form('p66', 'PD', 64, 'sse2')];
}

export const SIMD_SHUFFLES: readonly Row[] = [
  ...pair('63', 'PACKSSWB', pack('i8x16.narrow_i16x8_s')),
  ...pair('67', 'PACKUSWB', pack('i8x16.narrow_i16x8_u')),
  ...pair('6b', 'PACKSSDW', pack('i16x8.narrow_i32x4_s')),
  wide('38 2b', 'PACKUSDW', pack('i16x8.narrow_i32x4_u'), 'sse41'),
  ...unpackPair('60', '68', 'BW', 8),
  ...unpackPair('61', '69', 'WD', 16),
  ...unpackPair('62', '6a', 'DQ', 32),
  wide('6c', 'PUNPCKLQDQ', unpack(64, false), 'sse2'),
  wide('6d', 'PUNPCKHQDQ', unpack(64, true), 'sse2'),
  ...unpackFloat('14', 'UNPCKL', false),
  ...unpackFloat('15', 'UNPCKH', true),
  row('np 0f 70', 'PSHUFW Pq Qq Ib', 'b', mmx(emitShuffle(lowWords)), { feature: 'sse' }),
  row('p66 0f 70', 'PSHUFD Vx Wx Ib', 'b', sse(emitShuffle(doublewords)), { feature: 'sse2' }),
  row('pf2 0f 70', 'PSHUFLW Vx Wx Ib', 'b', sse(emitShuffle(lowWords)), { feature: 'sse2' }),
  row('pf3 0f 70', 'PSHUFHW Vx Wx Ib', 'b', sse(emitShuffle(highWords)), { feature: 'sse2' }),
  row('np 0f c6', 'SHUFPS Vx Wx Ib', 'b', sse(emitShufps), { feature: 'sse' }),
  row('p66 0f c6', 'SHUFPD Vx Wx Ib', 'b', sse(emitShufpd), { feature: 'sse2' }),
  ...widenings(2, 'PMOVSX', 's'),
  ...widenings(3, 'PMOVZX', 'u'),
];
