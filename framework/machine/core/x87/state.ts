/** The x87 register stack and its words. SDM vol. 1, 8.1. */
import { FPU_CONTROL, FPU_REGISTERS, FPU_REGISTER_BYTES, FPU_REGISTER_EXPONENT, FPU_STATUS, FPU_TAGS, FPU_TOP } from '../layout/fpu-state';

export const C0: u32 = 0x100;
export const C1: u32 = 0x200;
export const C2: u32 = 0x400;
export const C3: u32 = 0x4000;
export const CONDITIONS: u32 = C0 | C1 | C2 | C3;
const TOP_SHIFT: u32 = 11;
const TOP_BITS: u32 = 7 << TOP_SHIFT;
/** Sign and exponent, significand of the real indefinite. */
export const INDEFINITE_SIGN_EXPONENT: u32 = 0xffff;
export const INDEFINITE_SIGNIFICAND: u64 = 0xc000000000000000;
/** Offset of the sign and exponent in a register. */
export const REGISTER_EXPONENT = FPU_REGISTER_EXPONENT;
/** FCW bit 6 reads as 1; 7 and 13 to 15 as 0. */
const CONTROL_ONES: u32 = 0x40;
const CONTROL_DEFINED: u32 = 0x1f7f;
const CONTROL_INITIAL: u32 = 0x37f;

export function control(): u32 {
  return load<u32>(FPU_CONTROL);
}

export function setControl(value: u32): void {
  store<u32>(FPU_CONTROL, (value & CONTROL_DEFINED) | CONTROL_ONES);
}

export function top(): u32 {
  return load<u32>(FPU_TOP);
}

export function setTop(value: u32): void {
  store<u32>(FPU_TOP, value & 7);
}

/** FSW as programs see it. */
export function statusWord(): u32 {
  return load<u32>(FPU_STATUS) | (top() << TOP_SHIFT);
}

export function setStatusWord(value: u32): void {
  store<u32>(FPU_STATUS, value & 0xffff & ~TOP_BITS);
  setTop(value >> TOP_SHIFT);
}

/** Clears C0 to C3 and sets those of `bits`. */
export function setConditions(bits: u32): void {
  store<u32>(FPU_STATUS, (load<u32>(FPU_STATUS) & ~CONDITIONS) | bits);
}

/** Changes the condition bits of `mask`. */
export function changeConditions(mask: u32, bits: u32): void {
  store<u32>(FPU_STATUS, (load<u32>(FPU_STATUS) & ~mask) | bits);
}

/** Address of ST(index). */
export function stackRegister(index: u32): usize {
  return FPU_REGISTERS + ((top() + index) & 7) * FPU_REGISTER_BYTES;
}

export function isEmpty(index: u32): bool {
  return !((load<u32>(FPU_TAGS) >> ((top() + index) & 7)) & 1);
}

export function setEmpty(index: u32): void {
  store<u32>(FPU_TAGS, load<u32>(FPU_TAGS) & ~(1 << ((top() + index) & 7)));
}

export function setFull(index: u32): void {
  store<u32>(FPU_TAGS, load<u32>(FPU_TAGS) | (1 << ((top() + index) & 7)));
}

export function pop(): void {
  setEmpty(0);
  setTop(top() + 1);
}

export function signExponentOf(index: u32): u32 {
  return load<u16>(stackRegister(index), REGISTER_EXPONENT);
}

export function significandOf(index: u32): u64 {
  return load<u64>(stackRegister(index));
}

/** Writes ST(index) and its tag. */
export function setRegister(index: u32, signExponent: u32, significand: u64): void {
  const at = stackRegister(index);
  store<u64>(at, significand);
  store<u16>(at, <u16>signExponent, REGISTER_EXPONENT);
  setFull(index);
}

export function pushRegister(signExponent: u32, significand: u64): void {
  setTop(top() - 1);
  setRegister(0, signExponent, significand);
}

export function setIndefinite(index: u32): void {
  setRegister(index, INDEFINITE_SIGN_EXPONENT, INDEFINITE_SIGNIFICAND);
}

/** What FNINIT sets of control word, status word and tags. */
export function resetWords(): void {
  store<u32>(FPU_CONTROL, CONTROL_INITIAL);
  store<u32>(FPU_STATUS, 0);
  store<u32>(FPU_TOP, 0);
  store<u32>(FPU_TAGS, 0);
}

const TAG_VALID: u32 = 0;
const TAG_ZERO: u32 = 1;
const TAG_SPECIAL: u32 = 2;
const TAG_EMPTY: u32 = 3;

function tagOf(physical: u32): u32 {
  if (!((load<u32>(FPU_TAGS) >> physical) & 1)) return TAG_EMPTY;
  const at: usize = FPU_REGISTERS + physical * FPU_REGISTER_BYTES;
  const exponent = (<u32>load<u16>(at, REGISTER_EXPONENT)) & 0x7fff;
  const significand = load<u64>(at);
  if (exponent == 0 && significand == 0) return TAG_ZERO;
  return exponent == 0 || exponent == 0x7fff || !(significand >> 63) ? TAG_SPECIAL : TAG_VALID;
}

/** The full tag word, computed from the contents (SDM vol. 1, 8.1.7). */
export function tagWord(): u32 {
  let word: u32 = 0;
  for (let physical: u32 = 0; physical < 8; physical++) word |= tagOf(physical) << (physical << 1);
  return word;
}

/** Only whether a register is empty is taken from a full tag word. */
export function setTagWord(word: u32): void {
  let tags: u32 = 0;
  for (let physical: u32 = 0; physical < 8; physical++) {
    if (((word >> (physical << 1)) & 3) != TAG_EMPTY) tags |= 1 << physical;
  }
  store<u32>(FPU_TAGS, tags);
}
