/** Debug registers: breakpoints on execution, data and ports. SDM vol. 3, 17.2. */
import { DEBUG_PENDING, DR } from '../layout/cpu-state';
import { CR4_DE, FLAG_RF, VECTOR_DB, cr4, eflags } from '../state';
import { force } from '../blocks/force';
import { raise } from './raise';

const DR6: usize = DR + 6 * 8;
const DR7: usize = DR + 7 * 8;
export const DR6_BD: u32 = 0x2000;
export const DR6_BS: u32 = 0x4000;
export const DR7_GD: u32 = 0x2000;

const KIND_EXECUTE: u32 = 0;
const KIND_WRITE: u32 = 1;
const KIND_PORT: u32 = 2;

function enabled(dr7: u32, index: u32): bool {
  return (dr7 & (3 << (index << 1))) != 0;
}

function kindOf(dr7: u32, index: u32): u32 {
  return (dr7 >>> (16 + (index << 2))) & 3;
}

/** Length field: 1, 2, 8, 4 bytes. */
function lengthOf(dr7: u32, index: u32): u64 {
  const field = (dr7 >>> (18 + (index << 2))) & 3;
  return field == 2 ? 8 : <u64>(field + 1);
}

/** Adds conditions to DR6; its fixed ones stay. */
export function setDebugStatus(bits: u32): void {
  store<u32>(DR6, load<u32>(DR6) | bits);
}

/** #DB fault on an enabled execution breakpoint at `linear`, unless RF is set. */
export function codeBreakpoint(linear: u64): void {
  const dr7 = load<u32>(DR7);
  if (!(dr7 & 0xff) || eflags() & FLAG_RF) return;
  let hit: u32 = 0;
  for (let index: u32 = 0; index < 4; index++) {
    if (enabled(dr7, index) && kindOf(dr7, index) == KIND_EXECUTE && load<u64>(DR + (index << 3)) == linear) hit |= 1 << index;
  }
  if (hit == 0) return;
  setDebugStatus(hit);
  raise(VECTOR_DB);
}

/** Whether plain accesses to the page must come to the slow path. */
export function dataBreakpointOnPage(linear: u64): bool {
  const dr7 = load<u32>(DR7);
  if (!(dr7 & 0xff)) return false;
  for (let index: u32 = 0; index < 4; index++) {
    if (enabled(dr7, index) && kindOf(dr7, index) & 1 && load<u64>(DR + (index << 3)) >> 12 == linear >> 12) return true;
  }
  return false;
}

function match(address: u64, size: u32, io: bool, write: bool): void {
  const dr7 = load<u32>(DR7);
  if (!(dr7 & 0xff)) return;
  let hit: u32 = 0;
  for (let index: u32 = 0; index < 4; index++) {
    if (!enabled(dr7, index)) continue;
    const kind = kindOf(dr7, index);
    const wanted = io ? kind == KIND_PORT : kind == 3 || (kind == KIND_WRITE && write);
    const length = lengthOf(dr7, index);
    const first = load<u64>(DR + (index << 3)) & ~(length - 1);
    if (wanted && first < address + size && address < first + length) hit |= 1 << index;
  }
  if (hit == 0) return;
  store<u32>(DEBUG_PENDING, load<u32>(DEBUG_PENDING) | hit);
  force();
}

/** After a data access: a breakpoint that it hit traps after the instruction. */
export function dataBreakpoint(linear: u64, size: u32, write: bool): void {
  match(linear, size, false, write);
}

export function portBreakpoint(port: u32, size: u32): void {
  if (cr4() & CR4_DE) match(port, size, true, false);
}
