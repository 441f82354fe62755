/** CMPXCHG, XADD, CMPXCHG8B, CMPXCHG16B (SDM 2). The destination is written in any case. */
import type { Emit } from '../emit/access';
import { RAX, RBX, RCX, RDX } from '../emit/access';
import type { Expr } from '../emit/expression';
import { add, c64, eq, or, select, shl, shrU, sub, widenU, wrap } from '../emit/expression';
import { flagsOfAdd, flagsOfSub, setZero } from '../emit/flags';
import type { Row } from '../row';
import { row } from '../row';

/** Equal: the destination gets the source. Else the accumulator gets the destination, and the destination its own value. */
const emitCmpxchg: Emit = (m) => {
  const accumulator = m.gpr(RAX, m.size);
  const source = m.read(1);
  const equal = m.variable('i32');
  const seen = m.variable(source.type);
  const finish = (old: Expr): Expr => {
    m.set(seen, old);
    m.set(equal, eq(old, accumulator));
    flagsOfSub(m, accumulator, old, m.keep(sub(accumulator, old)));
    return select(equal.value, source, old);
  };
  if (m.isMemory(0) || m.size !== 32) m.modify(0, finish);
  else {
    // A 32-bit register destination is zero-extended only when it is written with the source.
    const next = m.keep(finish(m.read(0)));
    m.if(equal.value, () => m.write(0, next));
  }
  m.if(
    equal.value,
    () => undefined,
    () => m.setGpr(RAX, m.size, seen.value),
  );
};

const emitXadd: Emit = (m) => {
  const source = m.read(1);
  m.modify(0, (old) => {
    const result = m.keep(add(old, source));
    flagsOfAdd(m, old, source, result);
    m.write(1, old);
    return result;
  });
};

const emitCmpxchg8b: Emit = (m) => {
  const expected = m.keep(or(shl(widenU(m.gpr(RDX, 32)), c64(32)), widenU(m.gpr(RAX, 32))));
  const replacement = m.keep(or(shl(widenU(m.gpr(RCX, 32)), c64(32)), widenU(m.gpr(RBX, 32))));
  const equal = m.variable('i32');
  const seen = m.variable('i64');
  m.modifyAt(m.segment(), m.address(), 64, (old) => {
    m.set(seen, old);
    m.set(equal, eq(old, expected));
    return select(equal.value, replacement, old);
  });
  setZero(m, equal.value);
  m.if(
    equal.value,
    () => undefined,
    () => {
      m.setGpr(RAX, 32, wrap(seen.value));
      m.setGpr(RDX, 32, wrap(shrU(seen.value, c64(32))));
    },
  );
};

const emitCmpxchg16b: Emit = (m) => m.call('cmpxchg16b', m.segment(), m.address());

const ALL = { lock: true, flags: 'oszapc' };

export const EXCHANGE: readonly Row[] = [
  row('0f b0', 'CMPXCHG Eb Gb', 'b', emitCmpxchg, ALL),
  row('0f b1', 'CMPXCHG Ev Gv', 'v', emitCmpxchg, ALL),
  row('0f c0', 'XADD Eb Gb', 'b', emitXadd, ALL),
  row('0f c1', 'XADD Ev Gv', 'v', emitXadd, ALL),
  row('np p66 pf3 pf2 0f c7 /1 mem rexw0', 'CMPXCHG8B M', 'q', emitCmpxchg8b, { lock: true, flags: 'z', feature: 'cx8' }),
  row('np p66 pf3 pf2 0f c7 /1 mem rexw1', 'CMPXCHG16B M', 'q', emitCmpxchg16b, { lock: true, flags: 'z', feature: 'cx16' }),
];
