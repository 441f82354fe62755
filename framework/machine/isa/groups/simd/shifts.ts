/** Shifts of lanes by a vector's or an immediate count, and of whole registers by bytes (SDM 2). */
import type { Access, Emit } from '../../emit/access';
import type { Expr } from '../../emit/expression';
import { c32, constantLike, geS, gtU, select, wrap } from '../../emit/expression';
import { extractLane, splatByte, vector, vectorOfLanes, zeroVector } from '../../emit/vector';
import type { VectorOp } from '../../emit/vector';
import type { Row } from '../../row';
import { row } from '../../row';
import { mmx, sse } from './gate';

const IOTA = vectorOfLanes(8, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);

/** A count past the lane's width gives 0, of an arithmetic shift copies of the sign. */
function shift(m: Access, op: VectorOp, bits: number, value: Expr, count: Expr): Expr {
  const beyond = gtU(count, constantLike(count, bits - 1));
  if (op.endsWith('shr_s')) return vector(op, value, select(beyond, c32(bits - 1), wrap(count)));
  return select(beyond, zeroVector, m.keep(vector(op, value, wrap(count))));
}

function byVector(op: VectorOp, bits: number): Emit {
  return (m) => {
    const count = m.keep(extractLane(64, m.vector(1), 0));
    m.setVector(0, shift(m, op, bits, m.vector(0), count));
  };
}

function byImmediate(op: VectorOp, bits: number): Emit {
  return (m) => {
    const count = m.read(1);
    m.setVector(0, shift(m, op, bits, m.vector(0), count));
  };
}

/** `group`: the opcode and /reg of the immediate form. */
function family(name: string, opcode: string, group: string, op: VectorOp, bits: number): Row[] {
  const vectorCount = byVector(op, bits);
  const immediate = byImmediate(op, bits);
  return [
    row(`np 0f ${opcode}`, `${name} Pq Qq`, 'b', mmx(vectorCount), { feature: 'mmx' }),
    row(`p66 0f ${opcode}`, `${name} Vx Wx`, 'b', sse(vectorCount), { feature: 'sse2' }),
    row(`np 0f ${group} reg`, `${name} Qq Ib`, 'b', mmx(immediate), { feature: 'mmx' }),
    row(`p66 0f ${group} reg`, `${name} Wx Ib`, 'b', sse(immediate), { feature: 'sse2' }),
  ];
}

/** min(count, 16) in every byte. */
function byteCount(m: Access): Expr {
  const count = m.read(1);
  return vector('i8x16.splat', select(geS(count, c32(16)), c32(16), count));
}

const emitLeftBytes: Emit = (m) => m.setVector(0, vector('i8x16.swizzle', m.vector(0), vector('i8x16.sub', IOTA, byteCount(m))));
const emitRightBytes: Emit = (m) => m.setVector(0, vector('i8x16.swizzle', m.vector(0), vector('i8x16.add', IOTA, byteCount(m))));

/** PALIGNR: bytes of destination and source one after the other, the source lower. */
const emitAlign: Emit = (m) => {
  const source = m.vector(1);
  const destination = m.vector(0);
  const index = m.keep(vector('i8x16.add_sat_u', IOTA, vector('i8x16.splat', m.read(2))));
  const size = m.vectorSize(0) / 8;
  // The bytes past a register's end are 0 in a vector of it, so an MMX source can be read beyond them.
  const low = vector('i8x16.swizzle', source, index);
  const high = vector('i8x16.swizzle', destination, vector('i8x16.sub', index, splatByte(size)));
  m.setVector(0, vector('v128.or', low, high));
};

export const SIMD_SHIFTS: readonly Row[] = [
  ...family('PSRLW', 'd1', '71 /2', 'i16x8.shr_u', 16),
  ...family('PSRLD', 'd2', '72 /2', 'i32x4.shr_u', 32),
  ...family('PSRLQ', 'd3', '73 /2', 'i64x2.shr_u', 64),
  ...family('PSRAW', 'e1', '71 /4', 'i16x8.shr_s', 16),
  ...family('PSRAD', 'e2', '72 /4', 'i32x4.shr_s', 32),
  ...family('PSLLW', 'f1', '71 /6', 'i16x8.shl', 16),
  ...family('PSLLD', 'f2', '72 /6', 'i32x4.shl', 32),
  ...family('PSLLQ', 'f3', '73 /6', 'i64x2.shl', 64),
  row('p66 0f 73 /3 reg', 'PSRLDQ Wx Ib', 'b', sse(emitRightBytes), { feature: 'sse2' }),
  row('p66 0f 73 /7 reg', 'PSLLDQ Wx Ib', 'b', sse(emitLeftBytes), { feature: 'sse2' }),
  row('np 0f 3a 0f', 'PALIGNR Pq Qq Ib', 'b', mmx(emitAlign), { feature: 'ssse3' }),
  row('p66 0f 3a 0f', 'PALIGNR Vx Wx Ib', 'b', sse(emitAlign), { feature: 'ssse3' }),
];
