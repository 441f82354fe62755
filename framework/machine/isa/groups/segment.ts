/** MOV to and from segment registers, LES..LGS, ARPL, LAR, LSL, VERR, VERW, SLDT, STR, LLDT, LTR (SDM 2). */
import { SEG_SELECTOR, SEGMENTS } from '../../core/layout/cpu-state';
import type { Emit } from '../emit/access';
import type { Expr } from '../emit/expression';
import { and, c32, c64, geS, load, ltU, or, shrU, sub, widenU, wrap } from '../emit/expression';
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

/** Raises the RPL of the destination to that of the source; one that is high enough is only read. */
const emitArpl: Emit = (m) => {
  const source = m.read(1);
  const rpl = m.keep(and(source, c32(3)));
  const old = m.keep(m.read(0));
  const lower = m.keep(ltU(and(old, c32(3)), rpl));
  m.if(lower, () => m.write(0, or(and(old, c32(0xfffc)), rpl)));
  setZero(m, lower);
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

/** LLDT, LTR: privilege is checked before the operand is read. */
function emitLoadSystem(name: 'lldt' | 'ltr'): Emit {
  return (m) => {
    m.call('requirePrivilege');
    m.call(name, m.read(0));
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
  row('0f 00 /2', 'LLDT Ew', 'w', emitLoadSystem('lldt'), { ...protectedOnly, ...terminal }),
  row('0f 00 /3', 'LTR Ew', 'w', emitLoadSystem('ltr'), { ...protectedOnly, ...terminal }),
  row('0f 00 /4', 'VERR Ew', 'w', (m) => m.call('verr', m.read(0)), { ...protectedOnly, flags: 'z' }),
  row('0f 00 /5', 'VERW Ew', 'w', (m) => m.call('verw', m.read(0)), { ...protectedOnly, flags: 'z' }),
];
