/** MUL, IMUL, DIV, IDIV (SDM 2). MUL and IMUL set CF = OF; on current Intel processors SF and PF follow the
 * low half, ZF and AF are clear. */
import type { Access, Emit } from '../emit/access';
import { RAX, RDX } from '../emit/access';
import type { Expr } from '../emit/expression';
import {
  add,
  and,
  c32,
  c64,
  divS,
  divU,
  eq,
  gtU,
  isNonZero,
  isZero,
  mul,
  ne,
  or,
  remS,
  remU,
  shl,
  shrS,
  shrU,
  widenS,
  widenU,
  wrap,
} from '../emit/expression';
import { auxOf, flagImage, signExtend, withoutZero } from '../emit/flags';
import type { Row } from '../row';
import { row } from '../row';

function commitFlags(m: Access, low: Expr, significant: Expr): void {
  const carry = m.keep(significant);
  m.setFlagResult(withoutZero(m.keep(flagImage(low, m.size))));
  m.setFlagAux(auxOf(carry, carry));
}

/** High half of the product of two 64-bit factors, by their halves: `shift` takes the high one, with the sign or without. */
function highHalf(m: Access, a: Expr, b: Expr, shift: typeof shrU): Expr {
  const low = (value: Expr): Expr => and(value, c64(0xffff_ffff));
  const high = (value: Expr): Expr => shift(value, c64(32));
  const [aLow, aHigh, bLow, bHigh] = [m.keep(low(a)), m.keep(high(a)), m.keep(low(b)), m.keep(high(b))];
  const middle = m.keep(add(mul(aHigh, bLow), shrU(mul(aLow, bLow), c64(32))));
  const other = add(mul(aLow, bHigh), low(middle));
  return m.keep(add(add(mul(aHigh, bHigh), high(middle)), high(other)));
}

const emitMul: Emit = (m) => {
  const a = m.gpr(RAX, m.size);
  const b = m.read(0);
  if (m.size === 64) {
    const low = m.keep(mul(a, b));
    const high = highHalf(m, a, b, shrU);
    m.setGpr(RAX, 64, low);
    m.setGpr(RDX, 64, high);
    commitFlags(m, low, isNonZero(high));
    return;
  }
  const product = m.keep(mul(widenU(a), widenU(b)));
  storeProduct(m, product);
  commitFlags(m, wrap(product), isNonZero(shrU(product, c64(m.size))));
};

function storeProduct(m: Access, product: Expr): void {
  if (m.size === 8) {
    m.setGpr(RAX, 16, wrap(product));
    return;
  }
  m.setGpr(RAX, m.size, wrap(product));
  m.setGpr(RDX, m.size, wrap(shrU(product, c64(m.size))));
}

/** A product fits when it equals the sign extension of its low half. */
function overflows(m: Access, product: Expr): Expr {
  return ne(product, widenS(signExtend(wrap(product), m.size)));
}

const emitImulWide: Emit = (m) => {
  const a = m.gpr(RAX, m.size);
  const b = m.read(0);
  if (m.size === 64) {
    const low = m.keep(mul(a, b));
    const high = highHalf(m, a, b, shrS);
    m.setGpr(RAX, 64, low);
    m.setGpr(RDX, 64, high);
    commitFlags(m, low, ne(high, shrS(low, c64(63))));
    return;
  }
  const product = m.keep(mul(widenS(signExtend(a, m.size)), widenS(signExtend(b, m.size))));
  storeProduct(m, product);
  commitFlags(m, wrap(product), overflows(m, product));
};

function emitImul(first: number, second: number): Emit {
  return (m) => {
    const a = m.read(first);
    const b = m.read(second);
    if (m.size === 64) {
      const low = m.keep(mul(a, b));
      const high = highHalf(m, a, b, shrS);
      m.write(0, low);
      commitFlags(m, low, ne(high, shrS(low, c64(63))));
      return;
    }
    const product = m.keep(mul(widenS(signExtend(a, m.size)), widenS(signExtend(b, m.size))));
    m.write(0, wrap(product));
    commitFlags(m, wrap(product), overflows(m, product));
  };
}

/** AX, DX:AX or EDX:EAX as an i64. */
function dividend(m: Access, signed: boolean): Expr {
  if (m.size === 8) {
    const ax = m.gpr(RAX, 16);
    return m.keep(signed ? widenS(signExtend(ax, 16)) : widenU(ax));
  }
  const high = m.gpr(RDX, m.size);
  const low = m.gpr(RAX, m.size);
  if (m.size === 16) {
    const joined = or(shl(high, c32(16)), low);
    return m.keep(signed ? widenS(joined) : widenU(joined));
  }
  return m.keep(or(shl(widenU(high), c64(32)), widenU(low)));
}

function storeQuotient(m: Access, quotient: Expr, remainder: Expr): void {
  if (m.size === 8) {
    const al = and(wrap(quotient), c32(0xff));
    m.setGpr(RAX, 16, or(al, shl(wrap(remainder), c32(8))));
    return;
  }
  const rest = m.keep(wrap(remainder));
  m.setGpr(RAX, m.size, wrap(quotient));
  m.setGpr(RDX, m.size, rest);
}

const emitDiv: Emit = (m) => {
  const raw = m.read(0);
  if (m.size === 64) {
    m.call('div128', raw);
    return;
  }
  const divisor = m.keep(widenU(raw));
  m.if(isZero(divisor), () => m.call('raiseDivide'));
  const number = dividend(m, false);
  const quotient = m.keep(divU(number, divisor));
  m.if(gtU(quotient, c64((1n << BigInt(m.size)) - 1n)), () => m.call('raiseDivide'));
  storeQuotient(m, quotient, remU(number, divisor));
};

/** The most negative dividend by -1 traps in Wasm, so it is refused first; it would overflow in any case. */
const emitIdiv: Emit = (m) => {
  const raw = m.read(0);
  if (m.size === 64) {
    m.call('idiv128', raw);
    return;
  }
  const divisor = m.keep(widenS(signExtend(raw, m.size)));
  const number = dividend(m, true);
  const lowest = and(eq(number, c64(-(1n << 63n))), eq(divisor, c64(-1)));
  m.if(or(isZero(divisor), lowest), () => m.call('raiseDivide'));
  const quotient = m.keep(divS(number, divisor));
  m.if(overflows(m, quotient), () => m.call('raiseDivide'));
  storeQuotient(m, quotient, remS(number, divisor));
};

const product = { flags: 'oc', undefinedFlags: 'szap' };
const division = { flags: '', undefinedFlags: 'oszapc' };

export const MUL_DIV: readonly Row[] = [
  row('f6 /4', 'MUL Eb', 'b', emitMul, product),
  row('f7 /4', 'MUL Ev', 'v', emitMul, product),
  row('f6 /5', 'IMUL Eb', 'b', emitImulWide, product),
  row('f7 /5', 'IMUL Ev', 'v', emitImulWide, product),
  row('f6 /6', 'DIV Eb', 'b', emitDiv, division),
  row('f7 /6', 'DIV Ev', 'v', emitDiv, division),
  row('f6 /7', 'IDIV Eb', 'b', emitIdiv, division),
  row('f7 /7', 'IDIV Ev', 'v', emitIdiv, division),
  row('0f af', 'IMUL Gv Ev', 'v', emitImul(0, 1), product),
  row('69', 'IMUL Gv Ev Iz', 'v', emitImul(1, 2), product),
  row('6b', 'IMUL Gv Ev Ibs', 'v', emitImul(1, 2), product),
];
