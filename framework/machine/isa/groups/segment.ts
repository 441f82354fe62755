/** MOV to and from segment registers, LES..LGS, ARPL, LAR, LSL, VERR, VERW, SLDT, STR, LLDT, LTR (SDM 2). */
import { SEG_SELECTOR, SEGMENTS } from '../../core/layout';
import type { Emit } from '../emit/access';
import type { Expr } from '../emit/expression';
import { and, c32, c64, geS, load, ltU, or, select, shrU, sub, widenU, wrap } from '../emit/expression';
import { setZero } from '../emit/flags';
import type { Row } from '../row';
import { row } from '../row';

/** A memory destination takes 16 bits whatever the operand size; a register the whole of it, zero-extended. */
const emitMovFromSegment: Emit = (m) => {
  const selector = load('i32', m.segmentRegister(1), SEG_SELECTOR);
  if (m.isMemory(0)) m.store(m.segment(), m.address(), 16, selector);
  else m.write(0, m.size === 64 ? widenU(selector) : selector);
};

const emitMovToSegment: Emit = (m) => {
  const selector = m.keep(wrap(m.read(1)));
  m.call('loadSegment', shrU(sub(m.segmentRegister(0), c32(SEGMENTS)), c32(6)), and(selector, c32(0xffff)));
};

function emitLoadFar(index: number): Emit {
  return (m) => {
    const offset = m.load(m.segment(), m.address(), m.size);
    const selector = m.load(m.segment(), m.address(c64(m.size / 8)), 16);
    m.call('loadSegment', c32(index), selector);
    m.write(0, offset);
  };
}

/** Raises the RPL of the destination to that of the source. */
const emitArpl: Emit = (m) => {
  const source = m.read(1);
  const lower = m.variable('i32');
  const rpl = m.keep(and(source, c32(3)));
  m.modify(0, (old) => {
    m.set(lower, ltU(and(old, c32(3)), rpl));
    return select(lower.value, or(and(old, c32(0xfffc)), rpl), old);
  });
  setZero(m, lower.value);
};

/** LAR and LSL: the runtime gives -1 and clears ZF when the selector is not visible. */
function emitDescriptorQuery(name: 'lar' | 'lsl'): Emit {
  return (m) => {
    const result: Expr = m.value(name, wrap(m.read(1)));
    m.if(geS(result, c64(0)), () => m.write(0, m.size === 64 ? result : wrap(result)));
  };
}

/** SLDT, STR: as MOV from a segment register. */
function emitStoreSelector(name: 'sldt' | 'str'): Emit {
  return (m) => {
    const selector = m.value(name);
    if (m.isMemory(0)) m.store(m.segment(), m.address(), 16, selector);
    else m.write(0, m.size === 64 ? widenU(selector) : selector);
  };
}

const protectedOnly = { modes: 'protected' as const };
const terminal = { end: 'terminal' as const };

export const SEGMENT: readonly Row[] = [
  ...[0, 1, 2, 3, 4, 5].map((reg) => row(`8c /${reg}`, 'MOV Ev Sw', 'v', emitMovFromSegment)),
  ...[0, 3, 4, 5].map((reg) => row(`8e /${reg}`, 'MOV Sw Ew', 'w', emitMovToSegment)),
  row('8e /2', 'MOV Sw Ew', 'w', emitMovToSegment, terminal),
  row('c4 mem', 'LES Gv M', 'v', emitLoadFar(0), { modes: 'legacy' }),
  row('c5 mem', 'LDS Gv M', 'v', emitLoadFar(3), { modes: 'legacy' }),
  row('0f b2 mem', 'LSS Gv M', 'v', emitLoadFar(2), terminal),
  row('0f b4 mem', 'LFS Gv M', 'v', emitLoadFar(4)),
  row('0f b5 mem', 'LGS Gv M', 'v', emitLoadFar(5)),
  row('63', 'ARPL Ew Gw', 'w', emitArpl, { modes: 'legacy-protected', flags: 'z' }),
  row('0f 02', 'LAR Gv Ew', 'v', emitDescriptorQuery('lar'), { ...protectedOnly, flags: 'z' }),
  row('0f 03', 'LSL Gv Ew', 'v', emitDescriptorQuery('lsl'), { ...protectedOnly, flags: 'z' }),
  row('0f 00 /0', 'SLDT Ev', 'v', emitStoreSelector('sldt'), protectedOnly),
  row('0f 00 /1', 'STR Ev', 'v', emitStoreSelector('str'), protectedOnly),
  row('0f 00 /2', 'LLDT Ew', 'w', (m) => m.call('lldt', m.read(0)), { ...protectedOnly, ...terminal }),
  row('0f 00 /3', 'LTR Ew', 'w', (m) => m.call('ltr', m.read(0)), { ...protectedOnly, ...terminal }),
  row('0f 00 /4', 'VERR Ew', 'w', (m) => m.call('verr', m.read(0)), { ...protectedOnly, flags: 'z' }),
  row('0f 00 /5', 'VERW Ew', 'w', (m) => m.call('verw', m.read(0)), { ...protectedOnly, flags: 'z' }),
];
