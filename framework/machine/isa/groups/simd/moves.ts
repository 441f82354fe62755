/** Moves between XMM and MMX registers, general registers and memory (SDM 2). */
import type { Emit } from '../../emit/access';
import { RDI } from '../../emit/access';
import { and, c32, widenU } from '../../emit/expression';
import { extractLane, replaceLane, scalarToVector, shuffleLanes } from '../../emit/vector';
import type { Row } from '../../row';
import { row } from '../../row';
import { VECTOR_A, VECTOR_B } from '../../../core/layout/run-state';
import { mmx, sse } from './gate';

/** By the operands' sizes: all of it, the low part into the low part, or the low part and zeros. */
const emitMove: Emit = (m) => m.setVector(0, m.vector(1));
const move = sse(emitMove);
const moveMmx = mmx((m) => m.write(0, m.read(1)));
const moveFromGeneral = sse((m) => m.setVector(0, scalarToVector(m.read(1))));
const moveFromGeneralMmx = mmx((m) => m.write(0, widenU(m.read(1))));
const moveToGeneral = sse((m) => m.write(0, m.read(1)));

/** Writes one half of the destination. */
function half(to: 0 | 1, from: 0 | 1): Emit {
  return sse((m) => {
    const source = m.vector(1);
    const value = m.keep(extractLane(64, source, from));
    m.setVector(0, replaceLane(64, m.vector(0), to, value));
  });
}
const lowHalf = half(0, 0);
const lowFromHigh = half(0, 1);
const highFromLow = half(1, 0);
const storeHigh = sse((m) => m.write(0, extractLane(64, m.vector(1), 1)));

function duplicate(bits: 32 | 64, lanes: readonly number[]): Emit {
  return sse((m) => {
    const source = m.vector(1);
    m.setVector(0, shuffleLanes(bits, source, source, lanes));
  });
}

/** MOVQ2DQ and MOVDQ2Q are MMX instructions that need SSE2's gate too. */
const moveFromMmx = sse(mmx((m) => m.setVector(0, scalarToVector(m.read(1)))));
const moveToMmx = sse(mmx((m) => m.write(0, m.read(1))));

const emitMaskedStore: Emit = (m) => {
  m.setState(VECTOR_A, m.vector(0));
  m.setState(VECTOR_B, m.vector(1));
  m.call('maskedStore', m.segment(), and(m.gpr(RDI, 64), m.addressMask()), c32(m.vectorSize(0) / 8));
};

const SSE = { feature: 'sse' } as const;
const SSE2 = { feature: 'sse2' } as const;
const SSE3 = { feature: 'sse3' } as const;
const MMX = { feature: 'mmx' } as const;

/** Load and store with one opcode less 0 or 1. */
function both(load: string, store: string, name: string, size: 'x' | 'u', feature: { feature: 'sse' | 'sse2' }): Row[] {
  return [row(load, `${name} Vx W${size}`, 'b', move, feature), row(store, `${name} W${size} Vx`, 'b', move, feature)];
}

function scalar(prefix: string, name: string, size: 'd' | 'q', feature: { feature: 'sse' | 'sse2' }): Row[] {
  return [
    row(`${prefix} 0f 10 mem`, `${name} Vx M${size}`, 'b', move, feature),
    row(`${prefix} 0f 10 reg`, `${name} V${size} W${size}`, 'b', move, feature),
    row(`${prefix} 0f 11`, `${name} W${size} V${size}`, 'b', move, feature),
  ];
}

export const SIMD_MOVES: readonly Row[] = [
  ...both('np 0f 10', 'np 0f 11', 'MOVUPS', 'u', SSE),
  ...both('p66 0f 10', 'p66 0f 11', 'MOVUPD', 'u', SSE2),
  ...both('np 0f 28', 'np 0f 29', 'MOVAPS', 'x', SSE),
  ...both('p66 0f 28', 'p66 0f 29', 'MOVAPD', 'x', SSE2),
  ...both('p66 0f 6f', 'p66 0f 7f', 'MOVDQA', 'x', SSE2),
  ...both('pf3 0f 6f', 'pf3 0f 7f', 'MOVDQU', 'u', SSE2),
  ...scalar('pf3', 'MOVSS', 'd', SSE),
  ...scalar('pf2', 'MOVSD', 'q', SSE2),
  row('np 0f 12 mem', 'MOVLPS Vx Mq', 'b', lowHalf, SSE),
  row('np 0f 12 reg', 'MOVHLPS Vx Wx', 'b', lowFromHigh, SSE),
  row('p66 0f 12 mem', 'MOVLPD Vx Mq', 'b', lowHalf, SSE2),
  row('np 0f 13 mem', 'MOVLPS Mq Vq', 'b', move, SSE),
  row('p66 0f 13 mem', 'MOVLPD Mq Vq', 'b', move, SSE2),
  row('np 0f 16 mem', 'MOVHPS Vx Mq', 'b', highFromLow, SSE),
  row('np 0f 16 reg', 'MOVLHPS Vx Wx', 'b', highFromLow, SSE),
  row('p66 0f 16 mem', 'MOVHPD Vx Mq', 'b', highFromLow, SSE2),
  row('np 0f 17 mem', 'MOVHPS Mq Vx', 'b', storeHigh, SSE),
  row('p66 0f 17 mem', 'MOVHPD Mq Vx', 'b', storeHigh, SSE2),
  row('pf3 0f 12', 'MOVSLDUP Vx Wx', 'b', duplicate(32, [0, 0, 2, 2]), SSE3),
  row('pf2 0f 12', 'MOVDDUP Vx Wq', 'b', duplicate(64, [0, 0]), SSE3),
  row('pf3 0f 16', 'MOVSHDUP Vx Wx', 'b', duplicate(32, [1, 1, 3, 3]), SSE3),
  row('pf2 0f f0 mem', 'LDDQU Vx Mu', 'b', move, SSE3),
  row('np 0f 2b mem', 'MOVNTPS Mx Vx', 'b', move, SSE),
  row('p66 0f 2b mem', 'MOVNTPD Mx Vx', 'b', move, SSE2),
  row('p66 0f e7 mem', 'MOVNTDQ Mx Vx', 'b', move, SSE2),
  row('p66 0f 38 2a mem', 'MOVNTDQA Vx Mx', 'b', move, { feature: 'sse41' }),
  row('p66 0f 6e', 'MOVD Vx Ey', 'y', moveFromGeneral, SSE2),
  row('p66 0f 7e', 'MOVD Ey Vy', 'y', moveToGeneral, SSE2),
  row('pf3 0f 7e', 'MOVQ Vx Wq', 'b', move, SSE2),
  row('p66 0f d6 mem', 'MOVQ Mq Vq', 'b', move, SSE2),
  row('p66 0f d6 reg', 'MOVQ Wx Vq', 'b', move, SSE2),
  row('p66 0f f7 reg', 'MASKMOVDQU Vx Wx', 'b', sse(emitMaskedStore), SSE2),
  row('np 0f 6e', 'MOVD Pq Ey', 'y', moveFromGeneralMmx, MMX),
  row('np 0f 7e', 'MOVD Ey Py', 'y', moveMmx, MMX),
  row('np 0f 6f', 'MOVQ Pq Qq', 'b', moveMmx, MMX),
  row('np 0f 7f', 'MOVQ Qq Pq', 'b', moveMmx, MMX),
  row('np 0f e7 mem', 'MOVNTQ Mq Pq', 'b', moveMmx, SSE),
  row('np 0f f7 reg', 'MASKMOVQ Pq Qq', 'b', mmx(emitMaskedStore), SSE),
  row('pf3 0f d6 reg', 'MOVQ2DQ Vx Qq', 'b', moveFromMmx, SSE2),
  row('pf2 0f d6 reg', 'MOVDQ2Q Pq Wq', 'b', moveToMmx, SSE2),
];
