/** Single lanes: insertion, extraction, masks, blends; PTEST (SDM 2). */
import { XMM } from '../../../core/layout/fpu-state';
import type { Access, Emit } from '../../emit/access';
import type { Expr } from '../../emit/expression';
import { and, c32, or, select, shl, shrU, widenU, xor } from '../../emit/expression';
import type { LaneBits, VectorOp } from '../../emit/vector';
import { extractLane, vector, vectorConstant, vectorOfLanes, zeroVector } from '../../emit/vector';
import type { Row } from '../../row';
import { row } from '../../row';
import { mmx, sse } from './gate';

const IOTA = vectorOfLanes(8, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
const SHAPES = { 8: 'i8x16', 16: 'i16x8', 32: 'i32x4', 64: 'i64x2' } as const;
const MASK_BITS: Record<16 | 32 | 64, Expr> = {
  16: vectorOfLanes(16, [1, 2, 4, 8, 16, 32, 64, 128]),
  32: vectorOfLanes(32, [1, 2, 4, 8]),
  64: vectorConstant([1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]),
};

/** Lanes whose bit in `bits` is set. */
function laneMask(size: 16 | 32 | 64, bits: Expr): Expr {
  const shape = SHAPES[size];
  const each = vector(`${shape}.splat`, size === 64 ? widenU(bits) : bits);
  return vector(`${shape}.eq`, vector('v128.and', each, MASK_BITS[size]), MASK_BITS[size]);
}

/** The lane of a number that is known at run time only, zero-extended. */
function laneAt(bits: LaneBits, from: Expr, number: Expr): Expr {
  const first = shl(number, c32(Math.log2(bits / 8)));
  return extractLane(bits, vector('i8x16.swizzle', from, vector('i8x16.add', IOTA, vector('i8x16.splat', first))), 0);
}

/** `value` in the lane `number` of `into`. */
function withLane(bits: LaneBits, into: Expr, number: Expr, value: Expr): Expr {
  const log = c32(Math.log2(bits / 8));
  const lanes = vector(
    'i8x16.eq',
    vector('v128.and', IOTA, vector('i8x16.splat', c32(-(bits / 8)))),
    vector('i8x16.splat', shl(number, log)),
  );
  return vector('v128.bitselect', vector(`${SHAPES[bits]}.splat`, value), into, lanes);
}

/** Lane number of the immediate for registers of `size` bits. */
function laneNumber(m: Access, bits: LaneBits, size: number): Expr {
  return m.keep(and(m.read(2), c32(size / bits - 1)));
}

function emitInsert(bits?: LaneBits): Emit {
  return (m) => {
    const lane = bits ?? (m.size === 64 ? 64 : 32);
    const value = m.read(1);
    m.setVector(0, withLane(lane, m.vector(0), laneNumber(m, lane, m.vectorSize(0)), value));
  };
}

function emitExtract(bits?: LaneBits): Emit {
  return (m) => {
    const lane = bits ?? (m.size === 64 ? 64 : 32);
    m.write(0, laneAt(lane, m.vector(1), laneNumber(m, lane, m.vectorSize(1))));
  };
}

/** INSERTPS: from a lane of a register or 32 bits of memory; then lanes of the mask are cleared. */
const emitInsertps: Emit = (m) => {
  const source = m.isMemory(1) ? m.read(1) : m.keep(laneAt(32, m.vector(1), shrU(m.read(2), c32(6))));
  const immediate = m.read(2);
  const inserted = withLane(32, m.vector(0), m.keep(and(shrU(immediate, c32(4)), c32(3))), source);
  m.setVector(0, vector('v128.andnot', inserted, laneMask(32, immediate)));
};

function emitBlend(size: 16 | 32 | 64): Emit {
  return (m) => {
    const source = m.vector(1);
    m.setVector(0, vector('v128.bitselect', source, m.vector(0), laneMask(size, m.read(2))));
  };
}

/** The sign of each lane of XMM0 selects the source. */
function emitVariableBlend(op: VectorOp): Emit {
  return (m) => {
    const source = m.vector(1);
    m.setVector(0, vector('v128.bitselect', source, m.vector(0), vector(op, zeroVector, m.state('v128', XMM))));
  };
}

function emitMask(op: VectorOp): Emit {
  return (m) => m.write(0, vector(op, m.vector(1)));
}

/** PTEST: ZF when no bit is common, CF when the source has none that the destination lacks. */
const emitTest: Emit = (m) => {
  const source = m.vector(1);
  const destination = m.vector(0);
  const common = m.keep(vector('v128.any_true', vector('v128.and', destination, source)));
  const carry = select(vector('v128.any_true', vector('v128.andnot', source, destination)), c32(0), c32(0xc000_0000));
  m.setFlagAux(or(carry, shl(xor(common, c32(1)), c32(8))));
  m.setFlagResult(widenU(common));
};

/** The register form has a general register where the memory form has a lane. */
function both(opcode: string, name: string, reg: string, mem: string, emit: Emit): Row[] {
  return [
    row(`p66 0f 3a ${opcode} reg`, `${name} ${reg} Ib`, 'b', emit, { feature: 'sse41' }),
    row(`p66 0f 3a ${opcode} mem`, `${name} ${mem} Ib`, 'b', emit, { feature: 'sse41' }),
  ];
}

export const SIMD_LANES: readonly Row[] = [
  row('np 0f c4', 'PINSRW Pq Ew Ib', 'b', mmx(emitInsert(16)), { feature: 'sse' }),
  row('p66 0f c4', 'PINSRW Vx Ew Ib', 'b', sse(emitInsert(16)), { feature: 'sse2' }),
  row('np 0f c5 reg', 'PEXTRW Gd Qq Ib', 'b', mmx(emitExtract(16)), { feature: 'sse' }),
  row('p66 0f c5 reg', 'PEXTRW Gd Wx Ib', 'b', sse(emitExtract(16)), { feature: 'sse2' }),
  ...both('20', 'PINSRB', 'Vx Ed', 'Vx Mb', sse(emitInsert(8))),
  row('p66 0f 3a 22', 'PINSRD Vx Ey Ib', 'y', sse(emitInsert()), { feature: 'sse41' }),
  ...both('14', 'PEXTRB', 'Ed Vx', 'Mb Vx', sse(emitExtract(8))),
  ...both('15', 'PEXTRW', 'Ed Vx', 'Mw Vx', sse(emitExtract(16))),
  row('p66 0f 3a 16', 'PEXTRD Ey Vx Ib', 'y', sse(emitExtract()), { feature: 'sse41' }),
  row('p66 0f 3a 17', 'EXTRACTPS Ed Vx Ib', 'b', sse(emitExtract(32)), { feature: 'sse41' }),
  ...both('21', 'INSERTPS', 'Vx Wx', 'Vx Md', sse(emitInsertps)),
  row('p66 0f 3a 0c', 'BLENDPS Vx Wx Ib', 'b', sse(emitBlend(32)), { feature: 'sse41' }),
  row('p66 0f 3a 0d', 'BLENDPD Vx Wx Ib', 'b', sse(emitBlend(64)), { feature: 'sse41' }),
  row('p66 0f 3a 0e', 'PBLENDW Vx Wx Ib', 'b', sse(emitBlend(16)), { feature: 'sse41' }),
  row('p66 0f 38 10', 'PBLENDVB Vx Wx', 'b', sse(emitVariableBlend('i8x16.gt_s')), { feature: 'sse41' }),
  row('p66 0f 38 14', 'BLENDVPS Vx Wx', 'b', sse(emitVariableBlend('i32x4.gt_s')), { feature: 'sse41' }),
  row('p66 0f 38 15', 'BLENDVPD Vx Wx', 'b', sse(emitVariableBlend('i64x2.gt_s')), { feature: 'sse41' }),
  row('p66 0f 38 17', 'PTEST Vx Wx', 'b', sse(emitTest), { feature: 'sse41', flags: 'oszapc' }),
  row('np 0f 50 reg', 'MOVMSKPS Gd Wx', 'b', sse(emitMask('i32x4.bitmask')), { feature: 'sse' }),
  row('p66 0f 50 reg', 'MOVMSKPD Gd Wx', 'b', sse(emitMask('i64x2.bitmask')), { feature: 'sse2' }),
  row('np 0f d7 reg', 'PMOVMSKB Gd Qq', 'b', mmx(emitMask('i8x16.bitmask')), { feature: 'sse' }),
  row('p66 0f d7 reg', 'PMOVMSKB Gd Wx', 'b', sse(emitMask('i8x16.bitmask')), { feature: 'sse2' }),
];
