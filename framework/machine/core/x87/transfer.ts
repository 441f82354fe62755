/** Loads, stores, exchanges and conditional moves. SDM vol. 2, FLD, FILD, FBLD, FST, FIST, FISTTP, FBSTP, FXCH, FCMOVcc. */
import { readAny, writeAny } from '../memory/access';
import { segmentLinear } from '../segments/linear';
import { FLAG_CF, FLAG_PF, FLAG_ZF } from '../state';
import { getFlags } from '../system/flags';
import { setNanRule } from '../float/arithmetic';
import { convert, fromInteger, toInteger } from '../float/convert';
import {
  A,
  INVALID,
  OVERFLOW,
  PRECISION,
  R,
  ROUNDED_UP,
  ROUND_ZERO,
  UNDERFLOW,
  begin,
  copyNumber,
  packed32,
  packed64,
  packedSignExponent,
  packedSignificand,
  raiseFloat,
  raised,
  unpack32,
  unpack64,
} from '../float/number';
import { beginExtended, commit, roundingMode, signal, stackOverflow, stackUnderflow } from './exceptions';
import { destination, readExtended, readOperand, readSignExponent, unpackRegister, writeExtended } from './operands';
import { noteMemory } from './pointers';
import {
  INDEFINITE_SIGNIFICAND,
  INDEFINITE_SIGN_EXPONENT,
  control,
  isEmpty,
  pop,
  pushRegister,
  setIndefinite,
  setRegister,
  signExponentOf,
  significandOf,
} from './state';

/** Pushes, or does what an occupied ST(7) asks for. */
export function pushChecked(signExponent: u32, significand: u64): void {
  if (isEmpty(7)) pushRegister(signExponent, significand);
  else if (stackOverflow()) pushRegister(INDEFINITE_SIGN_EXPONENT, INDEFINITE_SIGNIFICAND);
}

/** FLD m32, FLD m64. */
export function loadReal(segment: i32, ea: i64, size: u32): void {
  const bits = readOperand(segment, ea, size);
  noteMemory(segment, ea);
  if (!isEmpty(7)) {
    pushChecked(0, 0);
    return;
  }
  if (size == 4) unpack32(A, <u32>bits);
  else unpack64(A, bits);
  beginExtended();
  convert(true);
  if (commit()) pushRegister(packedSignExponent(), packedSignificand());
}

/** FLD m80: any bits as they are. */
export function loadExtended(segment: i32, ea: i64): void {
  const significand = readExtended(segment, ea);
  noteMemory(segment, ea);
  pushChecked(readSignExponent, significand);
}

/** FLD ST(index). */
export function loadRegister(index: u32): void {
  if (!isEmpty(index)) pushChecked(signExponentOf(index), significandOf(index));
  else if (stackUnderflow()) pushRegister(INDEFINITE_SIGN_EXPONENT, INDEFINITE_SIGNIFICAND);
}

function signed(bits: u64, size: u32): i64 {
  const shift = 64 - (size << 3);
  return (<i64>(bits << shift)) >> shift;
}

/** Integer memory operand into A. */
export function readInteger(segment: i32, ea: i64, size: u32): void {
  fromInteger(signed(readOperand(segment, ea, size), size));
}

export function loadInteger(segment: i32, ea: i64, size: u32): void {
  readInteger(segment, ea, size);
  noteMemory(segment, ea);
  copyNumber(R, A);
  pushChecked(packedSignExponent(), packedSignificand());
}

/** FBLD: 18 packed decimal digits and a sign byte. */
export function loadDecimal(segment: i32, ea: i64): void {
  const linear = <u64>segmentLinear(segment, ea, 10, 0);
  const low = readAny(linear, 8);
  const high = <u32>readAny(linear + 8, 2);
  noteMemory(segment, ea);
  let value: u64 = ((high >> 4) & 15) * 10 + (high & 15);
  for (let shift: i32 = 60; shift >= 0; shift -= 4) value = value * 10 + ((low >> shift) & 15);
  fromInteger(<i64>value);
  copyNumber(R, A);
  pushChecked(packedSignExponent() | (high & 0x8000), packedSignificand());
}

/** FST and FSTP to m32 and m64. An overflow or underflow that is not masked leaves memory and stack alone. */
export function storeReal(segment: i32, ea: i64, size: u32, popAfter: bool): void {
  const linear = destination(segment, ea, size);
  noteMemory(segment, ea);
  const single = size == 4;
  let bits: u64 = single ? 0xffc00000 : 0xfff8000000000000;
  if (isEmpty(0)) {
    if (!stackUnderflow()) return;
  } else {
    unpackRegister(A, 0);
    setNanRule(false);
    const unmasked = ~control() & (OVERFLOW | UNDERFLOW);
    if (single) begin(roundingMode(), 24, -126, 127, unmasked);
    else begin(roundingMode(), 53, -1022, 1023, unmasked);
    convert(false);
    if (raised & ~control() & (INVALID | OVERFLOW | UNDERFLOW)) {
      signal(raised & ~(PRECISION | ROUNDED_UP));
      return;
    }
    signal(raised);
    bits = single ? <u64>packed32() : packed64();
  }
  writeAny(linear, size, bits);
  if (popAfter) pop();
}

/** FSTP m80. */
export function storeExtended(segment: i32, ea: i64): void {
  const linear = destination(segment, ea, 10);
  noteMemory(segment, ea);
  if (!isEmpty(0)) writeExtended(linear, signExponentOf(0), significandOf(0));
  else if (stackUnderflow()) writeExtended(linear, INDEFINITE_SIGN_EXPONENT, INDEFINITE_SIGNIFICAND);
  else return;
  pop();
}

/** ST(0) as an integer of `bits` bits; false: unmasked exception, nothing is to be stored. */
let converted: i64 = 0;
function convertTop(bits: u32, truncate: bool): bool {
  converted = (<i64>0x8000000000000000) >> (64 - bits);
  if (isEmpty(0)) return stackUnderflow();
  unpackRegister(A, 0);
  beginExtended();
  converted = toInteger(bits, truncate ? ROUND_ZERO : roundingMode());
  return !(signal(raised) & INVALID);
}

/** FIST, FISTP, FISTTP. */
export function storeInteger(segment: i32, ea: i64, size: u32, truncate: bool, popAfter: bool): void {
  const linear = destination(segment, ea, size);
  noteMemory(segment, ea);
  if (!convertTop(size << 3, truncate)) return;
  writeAny(linear, size, <u64>converted);
  if (popAfter) pop();
}

const DECIMAL_LIMIT: u64 = 1000000000000000000;

/** FBSTP. What does not fit into 18 digits is invalid: the packed indefinite. */
export function storeDecimal(segment: i32, ea: i64): void {
  const linear = destination(segment, ea, 10);
  noteMemory(segment, ea);
  let low: u64 = 0xc000000000000000;
  let high: u32 = 0xffff;
  if (isEmpty(0)) {
    if (!stackUnderflow()) return;
  } else {
    unpackRegister(A, 0);
    beginExtended();
    const value = toInteger(64, roundingMode());
    let magnitude = <u64>(value < 0 ? -value : value);
    const fits = !(raised & INVALID) && magnitude < DECIMAL_LIMIT;
    if (!fits) {
      beginExtended();
      raiseFloat(INVALID);
    }
    if (signal(raised) & INVALID) return;
    if (fits) {
      low = 0;
      for (let shift: u32 = 0; shift < 64; shift += 4) {
        low |= (magnitude % 10) << shift;
        magnitude /= 10;
      }
      high = (signExponentOf(0) & 0x8000) | ((<u32>(magnitude / 10)) << 4) | (<u32>(magnitude % 10));
    }
  }
  writeExtended(linear, high, low);
  pop();
}

/** FST ST(index), FSTP ST(index). */
export function storeRegister(index: u32, popAfter: bool): void {
  if (!isEmpty(0)) setRegister(index, signExponentOf(0), significandOf(0));
  else if (stackUnderflow()) setIndefinite(index);
  else return;
  if (popAfter) pop();
}

/** D9 D8 to DF, an old name of FSTP that knows no underflow: from an empty ST(0) it only pops. */
export function storeAndPopQuietly(index: u32): void {
  if (isEmpty(0)) pop();
  else storeRegister(index, true);
}

export function exchange(index: u32): void {
  if (isEmpty(0) || isEmpty(index)) {
    if (!stackUnderflow()) return;
    if (isEmpty(0)) setIndefinite(0);
    if (isEmpty(index)) setIndefinite(index);
  }
  const signExponent = signExponentOf(0);
  const significand = significandOf(0);
  setRegister(0, signExponentOf(index), significandOf(index));
  setRegister(index, signExponent, significand);
}

/** FCMOVcc: `condition` 0 B, 1 E, 2 BE, 3 U, inverted by `negated`. */
export function conditionalMove(condition: u32, negated: bool, index: u32): void {
  if (isEmpty(0) || isEmpty(index)) {
    if (stackUnderflow()) setIndefinite(0);
    return;
  }
  const flags = <u32>getFlags();
  const mask = condition == 0 ? FLAG_CF : condition == 1 ? FLAG_ZF : condition == 2 ? FLAG_CF | FLAG_ZF : FLAG_PF;
  if (((flags & mask) != 0) != negated) setRegister(0, signExponentOf(index), significandOf(index));
}
