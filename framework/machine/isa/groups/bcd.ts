/** DAA, DAS, AAA, AAS, AAM, AAD, SALC (SDM 2, "Operation" of each; undefined flags as current processors leave them). */
import type { Access, Emit } from '../emit/access';
import { RAX } from '../emit/access';
import type { Expr } from '../emit/expression';
import { add, and, c32, divU, gtU, isZero, or, popcnt, remU, shl, shrU, sub } from '../emit/expression';
import { adjustFlag, carryFlag, flagsOfAdd, flagsOfLogic, setAllFlags } from '../emit/flags';
import type { Row } from '../row';
import { row } from '../row';

/** DAA adds, DAS subtracts 6 and 60h. Carry out of the low digit's borrow counts for DAS. */
function emitDecimal(direction: typeof add | typeof sub): Emit {
  return (m) => {
    const al = m.gpr(RAX, 8);
    const adjust = m.keep(or(gtU(and(al, c32(15)), c32(9)), adjustFlag(m)));
    const high = m.keep(or(gtU(al, c32(0x99)), carryFlag(m)));
    const borrow = direction === sub ? and(adjust, { type: 'i32', op: 'ltU', args: [al, c32(6)], value: 0 }) : c32(0);
    const carry = m.keep(or(high, borrow));
    const correction = add(mul(adjust, 6), mul(high, 0x60));
    const result = m.keep(and(direction(al, correction), c32(0xff)));
    m.setGpr(RAX, 8, result);
    commit(m, result, carry, adjust);
  };
}

function mul(flag: Expr, by: number): Expr {
  return { type: 'i32', op: 'mul', args: [flag, c32(by)], value: 0 };
}

function commit(m: Access, result: Expr, carry: Expr, adjust: Expr): void {
  setAllFlags(m, {
    carry,
    adjust,
    parity: m.keep(isZero(and(popcnt(result), c32(1)))),
    zero: m.keep(isZero(result)),
    sign: m.keep(and(shrU(result, c32(7)), c32(1))),
    overflow: c32(0),
  });
}

/** AX is corrected by 106h as a whole (since the 286), then AL loses its high digit. */
function emitAscii(direction: typeof add | typeof sub): Emit {
  return (m) => {
    const ax = m.gpr(RAX, 16);
    const adjust = m.keep(or(gtU(and(ax, c32(15)), c32(9)), adjustFlag(m)));
    const moved = direction(ax, mul(adjust, 0x106));
    const result = m.keep(and(moved, c32(0xff0f)));
    m.setGpr(RAX, 16, result);
    commit(m, m.keep(and(result, c32(0xff))), adjust, adjust);
  };
}

const emitAam: Emit = (m) => {
  const base = m.keep(m.read(0));
  m.if(isZero(base), () => m.call('raiseDivide'));
  const al = m.gpr(RAX, 8);
  const low = m.keep(remU(al, base));
  m.setGpr(RAX, 16, or(low, shl(divU(al, base), c32(8))));
  flagsOfLogic(m, low, 8);
};

/** The undefined flags are those of the 8-bit addition. */
const emitAad: Emit = (m) => {
  const ax = m.gpr(RAX, 16);
  const al = m.keep(and(ax, c32(0xff)));
  const product = m.keep(and({ type: 'i32', op: 'mul', args: [shrU(ax, c32(8)), m.read(0)], value: 0 }, c32(0xff)));
  const result = m.keep(add(al, product));
  m.setGpr(RAX, 16, and(result, c32(0xff)));
  flagsOfAdd(m, al, product, result, 8);
};

const emitSalc: Emit = (m) => m.setGpr(RAX, 8, sub(c32(0), carryFlag(m)));

const legacy = { modes: 'legacy' as const };

export const BCD: readonly Row[] = [
  row('27', 'DAA', 'b', emitDecimal(add), { ...legacy, flags: 'szapc', undefinedFlags: 'o' }),
  row('2f', 'DAS', 'b', emitDecimal(sub), { ...legacy, flags: 'szapc', undefinedFlags: 'o' }),
  row('37', 'AAA', 'b', emitAscii(add), { ...legacy, flags: 'ac', undefinedFlags: 'oszp' }),
  row('3f', 'AAS', 'b', emitAscii(sub), { ...legacy, flags: 'ac', undefinedFlags: 'oszp' }),
  row('d4', 'AAM Ib', 'b', emitAam, { ...legacy, flags: 'szp', undefinedFlags: 'oac' }),
  row('d5', 'AAD Ib', 'b', emitAad, { ...legacy, flags: 'szp', undefinedFlags: 'oac' }),
  row('d6', 'SALC', 'b', emitSalc, legacy),
];
