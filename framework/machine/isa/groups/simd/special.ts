/** What the runtime does on whole registers: AES, carry-less products, string comparison, MPSADBW, PHMINPOSUW (SDM 2). */
import { VECTOR_A, VECTOR_B } from '../../../core/layout/run-state';
import type { Access, Emit } from '../../emit/access';
import { c32 } from '../../emit/expression';
import type { RuntimeName } from '../../emit/runtime';
import type { Feature, Row } from '../../row';
import { row } from '../../row';
import { sse } from './gate';

function passOperands(m: Access): void {
  const source = m.vector(1);
  m.setState(VECTOR_A, m.vector(0));
  m.setState(VECTOR_B, source);
}

/** Destination and source in VECTOR_A and VECTOR_B, the result in VECTOR_A; `argument`: a constant, or the immediate. */
function byRuntime(name: RuntimeName, argument?: number): Emit {
  return sse((m) => {
    passOperands(m);
    m.call(name, argument === undefined ? m.read(2) : c32(argument));
    m.setVector(0, m.state('v128', VECTOR_A));
  });
}

/** Lengths are in RAX and RDX (EAX and EDX without REX.W), or end at a zero element. */
function emitStrings(explicit: boolean, mask: boolean): Emit {
  return sse((m) => {
    passOperands(m);
    m.call('compareStrings', m.read(2), c32(explicit ? m.size / 8 : 0), c32(mask ? 1 : 0));
  });
}

const aes = (opcode: string, name: string, kind: number): Row =>
  row(`p66 0f 38 ${opcode}`, `${name} Vx Wx`, 'b', byRuntime('aes', kind), { feature: 'aes' });

function immediate(opcode: string, name: string, runtime: RuntimeName, feature: Feature): Row {
  return row(`p66 0f 3a ${opcode}`, `${name} Vx Wx Ib`, 'b', byRuntime(runtime), { feature });
}

const STRINGS = { feature: 'sse42', flags: 'oszapc' } as const;

export const SIMD_SPECIAL: readonly Row[] = [
  aes('dc', 'AESENC', 0),
  aes('dd', 'AESENCLAST', 1),
  aes('de', 'AESDEC', 2),
  aes('df', 'AESDECLAST', 3),
  aes('db', 'AESIMC', 4),
  immediate('df', 'AESKEYGENASSIST', 'aesKey', 'aes'),
  immediate('44', 'PCLMULQDQ', 'carrylessProduct', 'pclmulqdq'),
  immediate('42', 'MPSADBW', 'slidingDifferences', 'sse41'),
  row('p66 0f 38 41', 'PHMINPOSUW Vx Wx', 'b', byRuntime('smallestWord', 0), { feature: 'sse41' }),
  row('p66 0f 3a 60', 'PCMPESTRM Vx Wu Ib', 'y', emitStrings(true, true), STRINGS),
  row('p66 0f 3a 61', 'PCMPESTRI Vx Wu Ib', 'y', emitStrings(true, false), STRINGS),
  row('p66 0f 3a 62', 'PCMPISTRM Vx Wu Ib', 'b', emitStrings(false, true), STRINGS),
  row('p66 0f 3a 63', 'PCMPISTRI Vx Wu Ib', 'b', emitStrings(false, false), STRINGS),
];
