/**
 * SHL, SHR, SAR, ROL, ROR, RCL, RCR, SHLD, SHRD (SDM 2). Counts are masked to 5 bits, 6 with a 64-bit operand. OF is defined for a count
 * of 1; for others, current Intel processors give what the first of the single shifts would, but leave it alone in ROL and ROR of a
 * register by an immediate.
 */
import type { Access, Emit, Size } from '../emit/access';
import { RCX } from '../emit/access';
import type { Expr } from '../emit/expression';
import {
  and,
  c32,
  c64,
  constantLike,
  eq,
  isNonZero,
  or,
  remU,
  rotl,
  rotr,
  shl,
  shrS,
  shrU,
  sub,
  widenU,
  wrap,
  xor,
} from '../emit/expression';
import { auxOf, carryFlag, flagImage, setCarry, setCarryAndOverflow, signExtend, topBit, zeroExtend } from '../emit/flags';
import type { Row } from '../row';
import { row } from '../row';

/** Masked count, i32. `from`: operand that holds it, or CL. */
function maskedCount(m: Access, from: number | 'cl'): Expr {
  const raw = from === 'cl' ? m.gpr(RCX, 8) : wrap(m.read(from));
  return m.keep(and(raw, c32(m.size === 64 ? 63 : 31)));
}

function like(value: Expr, count: Expr): Expr {
  return value.type === 'i32' ? count : widenU(count);
}

/** Bit `index` (i32) of a value that is at least that wide, 0 or 1. */
function bitAt(value: Expr, index: Expr): Expr {
  return wrap(and(shrU(value, like(value, index)), constantLike(value, 1)));
}

/** Commits what a shift leaves: SF, ZF, PF by the result, AF clear. */
function shiftFlags(m: Access, result: Expr, carry: Expr, overflow: Expr): void {
  const kept = m.keep(carry);
  m.setFlagResult(flagImage(result, m.size));
  m.setFlagAux(auxOf(kept, overflow));
}

/** The top two bits differ: OF of left shifts and rotates by one. */
function topBitsDiffer(value: Expr, size: Size): Expr {
  const next = wrap(and(shrU(value, constantLike(value, size - 2)), constantLike(value, 1)));
  return xor(topBit(value, size), next);
}

function lowBit(value: Expr): Expr {
  return wrap(and(value, constantLike(value, 1)));
}

type Shift = (m: Access, value: Expr, count: Expr) => { result: Expr; carry: Expr; overflow: Expr };

const shiftLeft: Shift = (m, value, count) => {
  const size = m.size;
  const result = m.keep(shl(value, like(value, count)));
  const carry = size === 64 ? bitAt(value, sub(c32(64), count)) : wrap(and(shrU(shl(widenU(value), widenU(count)), c64(size)), c64(1)));
  return { result, carry, overflow: topBitsDiffer(value, size) };
};

const shiftRight: Shift = (m, value, count) => {
  const result = m.keep(shrU(value, like(value, count)));
  return { result, carry: bitAt(value, sub(count, c32(1))), overflow: topBit(value, m.size) };
};

const shiftArithmetic: Shift = (m, value, count) => {
  const signed = m.keep(signExtend(value, m.size));
  const result = m.keep(shrS(signed, like(signed, count)));
  const before = shrS(signed, like(signed, sub(count, c32(1))));
  return { result, carry: lowBit(before), overflow: c32(0) };
};

function emitShift(shift: Shift, from: 'cl' | 1): Emit {
  return (m) => {
    const count = maskedCount(m, from);
    m.modify(0, (old) => {
      const out = m.variable(old.type);
      m.set(out, old);
      m.if(isNonZero(count), () => {
        const { result, carry, overflow } = shift(m, old, count);
        shiftFlags(m, result, carry, overflow);
        m.set(out, result);
      });
      return out.value;
    });
  };
}

/** A value of 8 or 16 bits repeated to fill 32, so that a 32-bit rotate rotates it. */
function repeat(value: Expr, size: Size): Expr {
  if (size === 8) return mulBy(value, 0x01010101);
  if (size === 16) return mulBy(value, 0x00010001);
  return value;
}

function mulBy(value: Expr, factor: number): Expr {
  return { type: 'i32', op: 'mul', args: [value, c32(factor)], value: 0 };
}

function emitRotate(left: boolean, from: 'cl' | 1): Emit {
  return (m) => {
    const count = maskedCount(m, from);
    m.modify(0, (old) => {
      const out = m.variable(old.type);
      m.set(out, old);
      m.if(isNonZero(count), () => {
        const wide = repeat(old, m.size);
        const rotated = m.keep((left ? rotl : rotr)(wide, like(wide, count)));
        const carry = left ? lowBit(rotated) : topBit(rotated, m.size);
        const overflow = left ? topBitsDiffer(old, m.size) : xor(topBit(old, m.size), lowBit(old));
        if (from === 'cl' || m.isMemory(0)) setCarryAndOverflow(m, carry, overflow);
        else
          m.if(
            eq(count, c32(1)),
            () => setCarryAndOverflow(m, carry, overflow),
            () => setCarry(m, carry),
          );
        m.set(out, rotated);
      });
      return out.value;
    });
  };
}

/** Rotates value and CF as one number of size + 1 bits; `count` is below that. */
function throughCarry(m: Access, old: Expr, count: Expr, left: boolean): { result: Expr; carry: Expr } {
  const size = m.size;
  const carryIn = m.keep(carryFlag(m));
  if (size !== 64) {
    const width = size + 1;
    const joined = m.keep(or(widenU(old), shl(widenU(carryIn), c64(size))));
    const up = widenU(left ? count : sub(c32(width), count));
    const down = widenU(left ? sub(c32(width), count) : count);
    const turned = m.keep(or(shl(joined, up), shrU(joined, down)));
    return { result: wrap(turned), carry: and(wrap(shrU(turned, c64(size))), c32(1)) };
  }
  const wideCount = widenU(count);
  const carry64 = widenU(carryIn);
  const near = (left ? shl : shrU)(old, wideCount);
  const inserted = left ? shl(carry64, sub(wideCount, c64(1))) : shl(carry64, sub(c64(64), wideCount));
  // The bits that come round are shifted in two steps: by 65 - count in all, which may be 64.
  const far = left ? shrU(shrU(old, sub(c64(64), wideCount)), c64(1)) : shl(shl(old, sub(c64(64), wideCount)), c64(1));
  const carry = bitAt(old, left ? sub(c32(64), count) : sub(count, c32(1)));
  return { result: or(or(near, inserted), far), carry };
}

function emitRotateThroughCarry(left: boolean, from: 'cl' | 1): Emit {
  return (m) => {
    const masked = maskedCount(m, from);
    const count = m.size < 32 ? m.keep(remU(masked, c32(m.size + 1))) : masked;
    m.modify(0, (old) => {
      const out = m.variable(old.type);
      m.set(out, old);
      m.if(isNonZero(count), () => {
        const turned = throughCarry(m, old, count, left);
        const result = m.keep(turned.result);
        const overflow = left ? topBitsDiffer(old, m.size) : xor(topBit(old, m.size), carryFlag(m));
        setCarryAndOverflow(m, turned.carry, m.keep(overflow));
        m.set(out, result);
      });
      return out.value;
    });
  };
}

/**
 * 16-bit counts above 16 are undefined; processors go on shifting in the destination's own bits (dest:src:dest), which this does.
 */
function doubleShift16(m: Access, a: Expr, b: Expr, count: Expr, left: boolean): { result: Expr; carry: Expr } {
  const low = (value: Expr): Expr => widenU(value);
  const joined = m.keep(or(or(shl(low(a), c64(32)), shl(low(b), c64(16))), low(a)));
  const wide = widenU(count);
  const turned = m.keep(left ? shl(joined, wide) : shrU(joined, wide));
  if (left) return { result: wrap(shrU(turned, c64(32))), carry: and(wrap(shrU(turned, c64(48))), c32(1)) };
  const carry = and(wrap(shrU(joined, sub(wide, c64(1)))), c32(1));
  return { result: wrap(turned), carry };
}

function doubleShift(a: Expr, b: Expr, count: Expr, size: Size, left: boolean): { result: Expr; carry: Expr } {
  const n = like(a, count);
  const rest = sub(constantLike(a, size), n);
  const result = left ? or(shl(a, n), shrU(b, rest)) : or(shrU(a, n), shl(b, rest));
  return { result, carry: bitAt(a, left ? sub(c32(size), count) : sub(count, c32(1))) };
}

function emitDoubleShift(left: boolean, from: 'cl' | 2): Emit {
  return (m) => {
    const count = maskedCount(m, from);
    const b = m.read(1);
    m.modify(0, (a) => {
      const out = m.variable(a.type);
      m.set(out, a);
      m.if(isNonZero(count), () => {
        const shifted = m.size === 16 ? doubleShift16(m, a, b, count, left) : doubleShift(a, b, count, m.size, left);
        const result = m.keep(zeroExtend(shifted.result, m.size));
        const overflow = left ? topBitsDiffer(a, m.size) : xor(topBit(a, m.size), lowBit(b));
        shiftFlags(m, result, shifted.carry, overflow);
        m.set(out, result);
      });
      return out.value;
    });
  };
}

const shiftFlagSet = { flags: 'oszpc', undefinedFlags: 'a' };
const rotateFlagSet = { flags: 'oc' };

function family(digit: number, mnemonic: string, byOne: Emit, byCl: Emit, options: object): Row[] {
  return [
    row(`c0 /${digit}`, `${mnemonic} Eb Ib`, 'b', byOne, options),
    row(`c1 /${digit}`, `${mnemonic} Ev Ib`, 'v', byOne, options),
    row(`d0 /${digit}`, `${mnemonic} Eb I1`, 'b', byOne, options),
    row(`d1 /${digit}`, `${mnemonic} Ev I1`, 'v', byOne, options),
    row(`d2 /${digit}`, `${mnemonic} Eb`, 'b', byCl, options),
    row(`d3 /${digit}`, `${mnemonic} Ev`, 'v', byCl, options),
  ];
}

const left = { byOne: emitShift(shiftLeft, 1), byCl: emitShift(shiftLeft, 'cl') };

export const SHIFT_ROTATE: readonly Row[] = [
  ...family(0, 'ROL', emitRotate(true, 1), emitRotate(true, 'cl'), rotateFlagSet),
  ...family(1, 'ROR', emitRotate(false, 1), emitRotate(false, 'cl'), rotateFlagSet),
  ...family(2, 'RCL', emitRotateThroughCarry(true, 1), emitRotateThroughCarry(true, 'cl'), rotateFlagSet),
  ...family(3, 'RCR', emitRotateThroughCarry(false, 1), emitRotateThroughCarry(false, 'cl'), rotateFlagSet),
  ...family(4, 'SHL', left.byOne, left.byCl, shiftFlagSet),
  ...family(5, 'SHR', emitShift(shiftRight, 1), emitShift(shiftRight, 'cl'), shiftFlagSet),
  ...family(6, 'SHL', left.byOne, left.byCl, shiftFlagSet),
  ...family(7, 'SAR', emitShift(shiftArithmetic, 1), emitShift(shiftArithmetic, 'cl'), shiftFlagSet),
  row('0f a4', 'SHLD Ev Gv Ib', 'v', emitDoubleShift(true, 2), shiftFlagSet),
  row('0f a5', 'SHLD Ev Gv', 'v', emitDoubleShift(true, 'cl'), shiftFlagSet),
  row('0f ac', 'SHRD Ev Gv Ib', 'v', emitDoubleShift(false, 2), shiftFlagSet),
  row('0f ad', 'SHRD Ev Gv', 'v', emitDoubleShift(false, 'cl'), shiftFlagSet),
];
