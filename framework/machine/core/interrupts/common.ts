/** What all ways of delivery have in common. */
import { EFLAGS, LAST_FAR_CS, LAST_FAR_IP, SEG_CS } from '../layout/cpu-state';
import { ATTR_CODE, ATTR_DB, ATTR_L, ATTR_PRESENT, ATTR_S } from '../segments/derive';
import { dplOf, packRights, readDescriptor } from '../segments/descriptor';
import { FLAG_IF, FLAG_NT, FLAG_RF, FLAG_TF, FLAG_VM, VECTOR_GP, VECTOR_NP, cpl, eflags, selector } from '../state';
import { raiseCode } from './raise';

/** A gate's index as error code: selector index of the IDT, IDT bit set (EXT is added by raise). */
export function gateCode(vector: i32): i32 {
  return (vector << 3) | 2;
}

export function leaveFrom(address: u64): void {
  store<u32>(LAST_FAR_CS, selector(SEG_CS));
  store<u64>(LAST_FAR_IP, address);
}

export function flagsAfter(keepIf: bool): void {
  const clear = FLAG_TF | FLAG_NT | FLAG_RF | FLAG_VM | (keepIf ? 0 : FLAG_IF);
  store<u32>(EFLAGS, eflags() & ~clear);
}

function gateRights(gate: u64): u32 {
  return (<u32>(gate >> 40)) & 0xff;
}

/** The type of a gate, its S bit included. */
export function gateType(gate: u64): u32 {
  return gateRights(gate) & 0x1f;
}

/** Software must be privileged enough to go through the gate, and the gate present. */
export function checkGate(gate: u64, vector: i32, software: bool): void {
  const rights = gateRights(gate);
  if (software && dplOf(rights) < cpl()) raiseCode(VECTOR_GP, gateCode(vector));
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, gateCode(vector));
}

/** The descriptor of the code segment that a gate leads to; `long`: 64-bit code only. */
export function gateTarget(target: u32, long: bool): u64 {
  const code = <i32>(target & 0xfffc);
  if (code == 0) raiseCode(VECTOR_GP, 0);
  const descriptor = readDescriptor(target, VECTOR_GP);
  const rights = packRights(descriptor);
  if ((rights & (ATTR_S | ATTR_CODE)) != (ATTR_S | ATTR_CODE) || dplOf(rights) > cpl()) raiseCode(VECTOR_GP, code);
  if (long && (!(rights & ATTR_L) || rights & ATTR_DB)) raiseCode(VECTOR_GP, code);
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, code);
  return descriptor;
}
