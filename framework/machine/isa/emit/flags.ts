import type { Access, Size } from './access';
import type { Expr } from './expression';
import {
  and,
  c32,
  c64,
  constantLike,
  eq,
  extend16S,
  extend8S,
  isZero,
  ltS,
  not,
  or,
  popcnt,
  select,
  shl,
  shrS,
  shrU,
  sub,
  widenS,
  wrap,
  xor,
} from './expression';

const CARRY = 0x80000000;
const CARRY_PAIR = 0xc0000000;

/** Sign-extends a value of `size` bits to its type. */
export function signExtend(value: Expr, size: Size): Expr {
  if (size === 8) return extend8S(value);
  if (size === 16) return extend16S(value);
  return value;
}

/** Clears what is above `size` in an i32. */
export function zeroExtend(value: Expr, size: Size): Expr {
  if (size === 8) return and(value, c32(0xff));
  if (size === 16) return and(value, c32(0xffff));
  return value;
}

/** The sign-extended i64 that FLAG_RESULT wants. */
export function flagImage(value: Expr, size: Size): Expr {
  return widenS(signExtend(value, size));
}

/** A FLAG_RESULT with the SF and PF of `image` and ZF clear: 3 is even in parity, as 0 is. */
export function withoutZero(image: Expr): Expr {
  return select(isZero(image), c64(3), image);
}

/** FLAG_AUX of a vector of carries out of each bit. */
function auxOfCarries(m: Access, carries: Expr, size: Size): Expr {
  if (size === 32) return and(carries, c32(CARRY_PAIR | 8));
  const kept = m.keep(carries);
  const top = size === 64 ? wrap(shrU(kept, c64(32))) : shl(kept, c32(32 - size));
  return or(and(top, c32(CARRY_PAIR)), and(wrap(kept), c32(8)));
}

export function flagsOfAdd(m: Access, a: Expr, b: Expr, result: Expr, size: Size = m.size): void {
  m.setFlagResult(flagImage(result, size));
  m.setFlagAux(auxOfCarries(m, or(and(a, b), and(or(a, b), not(result))), size));
}

export function flagsOfSub(m: Access, a: Expr, b: Expr, result: Expr, size: Size = m.size): void {
  m.setFlagResult(flagImage(result, size));
  m.setFlagAux(auxOfCarries(m, or(and(not(a), b), and(not(xor(a, b)), result)), size));
}

/** CF = OF = AF = 0, the rest by the result. */
export function flagsOfLogic(m: Access, result: Expr, size: Size = m.size): void {
  m.setFlagResult(flagImage(result, size));
  m.setFlagAux(c32(0));
}

/** FLAG_AUX with CF, OF, AF given as 0 or 1 (i32). */
export function auxOf(carry: Expr, overflow: Expr, adjust: Expr = c32(0)): Expr {
  return or(or(shl(carry, c32(31)), shl(xor(carry, overflow), c32(30))), shl(adjust, c32(3)));
}

/** CF and OF (0 or 1); the others stay. */
export function setCarryAndOverflow(m: Access, carry: Expr, overflow: Expr): void {
  const c = m.keep(carry);
  m.setFlagAux(or(and(m.flagAux(), c32(0x3fffffff)), auxOf(c, overflow)));
}

/** CF (0 or 1) alone. */
export function setCarry(m: Access, carry: Expr): void {
  const aux = m.keep(m.flagAux());
  const flip = xor(shrU(aux, c32(31)), carry);
  m.setFlagAux(xor(aux, and(sub(c32(0), flip), c32(CARRY_PAIR))));
}

/** ZF (0 or 1) alone. */
export function setZero(m: Access, zero: Expr): void {
  const carry = m.keep(condition(m, C));
  const overflow = m.keep(condition(m, O));
  const sign = m.keep(condition(m, S));
  const parity = m.keep(condition(m, P));
  const adjust = m.keep(adjustFlag(m));
  setAllFlags(m, { carry, parity, adjust, zero: m.keep(zero), sign, overflow });
}

export interface FlagBits {
  carry: Expr;
  parity: Expr;
  adjust: Expr;
  zero: Expr;
  sign: Expr;
  overflow: Expr;
}

/** All six from bits (i32, 0 or 1, usable more than once). */
export function setAllFlags(m: Access, bits: FlagBits): void {
  m.setFlagResult(select(bits.zero, c64(0), c64(1)));
  const parityDelta = shl(xor(bits.parity, bits.zero), c32(8));
  m.setFlagAux(or(or(auxOf(bits.carry, bits.overflow, bits.adjust), parityDelta), bits.sign));
}

/** Condition numbers as in the opcodes 70-7F. */
export const O = 0;
const C = 2;
const S = 8;
const P = 10;

function signWord(m: Access): Expr {
  return xor(wrap(shrS(m.flagResult(), c64(32))), shl(m.flagAux(), c32(31)));
}

function overflowWord(aux: Expr): Expr {
  return xor(aux, shl(aux, c32(1)));
}

function positiveCondition(m: Access, pair: number): Expr {
  const zero = (): Expr => isZero(m.flagResult());
  switch (pair) {
    case 0:
      return ltS(overflowWord(m.flagAux()), c32(0));
    case 1:
      return ltS(m.flagAux(), c32(0));
    case 2:
      return zero();
    case 3:
      return or(ltS(m.flagAux(), c32(0)), zero());
    case 4:
      return ltS(signWord(m), c32(0));
    case 5:
      return isZero(and(popcnt(and(xor(wrap(m.flagResult()), shrU(m.flagAux(), c32(8))), c32(0xff))), c32(1)));
    case 6:
      return ltS(xor(overflowWord(m.flagAux()), signWord(m)), c32(0));
    default:
      return or(ltS(xor(overflowWord(m.flagAux()), signWord(m)), c32(0)), zero());
  }
}

/** Condition code 0..15 of Jcc, SETcc and CMOVcc, as 0 or 1. */
export function condition(m: Access, code: number): Expr {
  const positive = positiveCondition(m, code >> 1);
  if ((code & 1) === 0) return positive;
  return isZero(positive);
}

/** AF as 0 or 1. */
export function adjustFlag(m: Access): Expr {
  return and(shrU(m.flagAux(), c32(3)), c32(1));
}

/** CF as 0 or 1. */
export function carryFlag(m: Access): Expr {
  return shrU(m.flagAux(), c32(31));
}

/** CF as 0 or 1 of the type of `like`. */
export function carryLike(m: Access, like: Expr): Expr {
  const carry = carryFlag(m);
  return like.type === 'i32' ? carry : { type: 'i64', op: 'extendU', args: [carry], value: 0 };
}

/** Top bit of a value of `size` bits, 0 or 1 (i32). */
export function topBit(value: Expr, size: Size): Expr {
  return wrap(and(shrU(value, constantLike(value, size - 1)), constantLike(value, 1)));
}

/** The aux word of INC and DEC: CF stays. */
export function flagsOfStep(m: Access, result: Expr, overflowsAt: bigint, adjustsAt: number): void {
  const size = m.size;
  m.setFlagResult(flagImage(result, size));
  const low = zeroExtend(result, size);
  const overflow = eq(low, constantLike(low, overflowsAt));
  const adjust = eq(and(wrap(result), c32(15)), c32(adjustsAt));
  const carry = m.keep(and(m.flagAux(), c32(CARRY)));
  const pair = xor(shrU(carry, c32(1)), shl(overflow, c32(30)));
  m.setFlagAux(or(or(carry, pair), shl(adjust, c32(3))));
}
