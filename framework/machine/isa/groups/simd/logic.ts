/** Bitwise logic on whole registers: the integer forms and their floating-point twins (SDM 2). */
import type { Emit } from '../../emit/access';
import type { VectorOp } from '../../emit/vector';
import { vector } from '../../emit/vector';
import type { Row } from '../../row';
import { row } from '../../row';
import { mmx, sse } from './gate';

/** `swapped`: Wasm inverts the second operand, x86 the first. */
function emitLogic(op: VectorOp, swapped = false): Emit {
  return (m) => {
    const source = m.vector(1);
    const destination = m.vector(0);
    m.setVector(0, swapped ? vector(op, source, destination) : vector(op, destination, source));
  };
}

function family(name: string, integer: string, integerOpcode: string, floatOpcode: string, emit: Emit): Row[] {
  const wide = sse(emit);
  return [
    row(`np 0f ${integerOpcode}`, `${integer} Pq Qq`, 'b', mmx(emit), { feature: 'mmx' }),
    row(`p66 0f ${integerOpcode}`, `${integer} Vx Wx`, 'b', wide, { feature: 'sse2' }),
    row(`np 0f ${floatOpcode}`, `${name}PS Vx Wx`, 'b', wide, { feature: 'sse' }),
    row(`p66 0f ${floatOpcode}`, `${name}PD Vx Wx`, 'b', wide, { feature: 'sse2' }),
  ];
}

export const SIMD_LOGIC: readonly Row[] = [
  ...family('AND', 'PAND', 'db', '54', emitLogic('v128.and')),
  ...family('ANDN', 'PANDN', 'df', '55', emitLogic('v128.andnot', true)),
  ...family('OR', 'POR', 'eb', '56', emitLogic('v128.or')),
  ...family('XOR', 'PXOR', 'ef', '57', emitLogic('v128.xor')),
];
