/** How rows of MMX and SSE instructions come in pairs. */
import type { Access, Emit } from '../../emit/access';
import type { Expr } from '../../emit/expression';
import type { Feature, Row } from '../../row';
import { row } from '../../row';
import { mmx, sse } from './gate';

/** Destination and source to what the destination gets; both are kept. */
export type Compute = (destination: Expr, source: Expr, m: Access) => Expr;

export function emitCompute(compute: Compute): Emit {
  return (m) => {
    const source = m.vector(1);
    const destination = m.vector(0);
    m.setVector(0, compute(destination, source, m));
  };
}

/** An XMM instruction with 66h. */
export function wide(opcode: string, name: string, compute: Compute, feature: Feature): Row {
  return row(`p66 0f ${opcode}`, `${name} Vx Wx`, 'b', sse(emitCompute(compute)), { feature });
}

/** An MMX instruction and the same on XMM registers with 66h. */
export function pair(opcode: string, name: string, compute: Compute, mmxFeature: Feature = 'mmx', sseFeature: Feature = 'sse2'): Row[] {
  const emit = emitCompute(compute);
  return [
    row(`np 0f ${opcode}`, `${name} Pq Qq`, 'b', mmx(emit), { feature: mmxFeature }),
    row(`p66 0f ${opcode}`, `${name} Vx Wx`, 'b', sse(emit), { feature: sseFeature }),
  ];
}

export function isMmx(m: Access): boolean {
  return m.vectorSize(0) === 64;
}
