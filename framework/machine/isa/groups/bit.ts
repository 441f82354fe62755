/** BT, BTS, BTR, BTC, BSF, BSR, POPCNT, CRC32 (SDM 2). */
import type { Access, Emit } from '../emit/access';
import type { Expr } from '../emit/expression';
import {
  and,
  c32,
  c64,
  clz,
  constantLike,
  ctz,
  isNonZero,
  isZero,
  not,
  or,
  popcnt,
  shl,
  shrS,
  shrU,
  sub,
  widenS,
  widenU,
  wrap,
  xor,
} from '../emit/expression';
import { auxOf, setCarry, signExtend, withoutZero } from '../emit/flags';
import type { Row } from '../row';
import { row } from '../row';

type BitChange = (value: Expr, mask: Expr) => Expr;

/** A register bit offset selects a word of memory anywhere around the operand's address: a signed number of words away. */
function wordDisplacement(m: Access, offset: Expr): Expr {
  const log = m.size === 16 ? 4 : m.size === 32 ? 5 : 6;
  const words = shrS(widenS(signExtend(offset, m.size)), c64(log));
  return shl(words, c64(log - 3));
}

/** `byRegister`: the bit offset is a register operand and not taken modulo the size for memory. */
function emitBitTest(change: BitChange | undefined, byRegister: boolean): Emit {
  return (m) => {
    const raw = m.read(1);
    const offset = raw.type === 'i32' && m.size === 64 ? widenU(raw) : raw;
    const bit = m.keep(and(offset, constantLike(offset, m.size - 1)));
    const commit = (value: Expr): void => setCarry(m, wrap(and(shrU(value, bit), constantLike(value, 1))));
    const apply = (value: Expr): Expr => {
      commit(value);
      return change === undefined ? value : change(value, shl(constantLike(value, 1), bit));
    };
    if (!m.isMemory(0) || !byRegister) {
      if (change === undefined) commit(m.read(0));
      else m.modify(0, apply);
      return;
    }
    const ea = m.address(wordDisplacement(m, offset));
    if (change === undefined) commit(m.load(m.segment(), ea, m.size));
    else m.modifyAt(m.segment(), ea, m.size, apply);
  };
}

/**
 * A zero source sets ZF and leaves the destination as it was. The other flags, undefined, are on current Intel processors those of a logic
 * operation on the index.
 */
function emitScan(forward: boolean): Emit {
  return (m) => {
    const source = m.read(1);
    m.setFlagAux(c32(0));
    m.setFlagResult(c64(0));
    m.if(isNonZero(source), () => {
      const index = m.keep(forward ? ctz(source) : sub(constantLike(source, m.size === 64 ? 63 : 31), clz(source)));
      m.setFlagResult(withoutZero(widenU(index)));
      m.write(0, index);
    });
  };
}

const emitPopcnt: Emit = (m) => {
  const source = m.read(1);
  m.write(0, popcnt(source));
  m.setFlagResult(widenU(isNonZero(source)));
  m.setFlagAux(shl(isZero(source), c32(8)));
};

const emitCrc32: Emit = (m) => {
  const source = m.read(1);
  m.write(0, m.value('crc32', m.read(0), widenU(source), c32(m.size / 8)));
};

const CARRY_ONLY = { flags: 'c', undefinedFlags: 'osap' };
const set: BitChange = or;
const reset: BitChange = (value, mask) => and(value, not(mask));
const complement: BitChange = xor;

function family(name: string, digit: number, registerOpcode: string, change: BitChange | undefined): Row[] {
  const lock = change !== undefined;
  return [
    row(`0f ${registerOpcode}`, `${name} Ev Gv`, 'v', emitBitTest(change, true), { lock, ...CARRY_ONLY }),
    row(`0f ba /${digit}`, `${name} Ev Ib`, 'v', emitBitTest(change, false), { lock, ...CARRY_ONLY }),
  ];
}

/** CF: there was a number; the other flags are 0. */
const emitRdrand: Emit = (m) => {
  const value = m.value('rdrand');
  m.write(0, m.size === 64 ? value : wrap(value));
  m.setFlagResult(c64(1));
  m.setFlagAux(auxOf(c32(1), c32(0)));
};

export const BIT: readonly Row[] = [
  ...family('BT', 4, 'a3', undefined),
  ...family('BTS', 5, 'ab', set),
  ...family('BTR', 6, 'b3', reset),
  ...family('BTC', 7, 'bb', complement),
  row('0f bc', 'BSF Gv Ev', 'v', emitScan(true), { flags: 'z', undefinedFlags: 'oscap' }),
  row('0f bd', 'BSR Gv Ev', 'v', emitScan(false), { flags: 'z', undefinedFlags: 'oscap' }),
  row('pf3 0f b8', 'POPCNT Gv Ev', 'v', emitPopcnt, { feature: 'popcnt', flags: 'oszapc' }),
  row('np p66 0f c7 /6 reg', 'RDRAND Ev', 'v', emitRdrand, { feature: 'rdrand', flags: 'oszapc' }),
  row('pf2 0f 38 f0', 'CRC32 Gd Eb', 'b', emitCrc32, { feature: 'sse42' }),
  row('pf2 0f 38 f1', 'CRC32 Gd Ev', 'v', emitCrc32, { feature: 'sse42' }),
];
