/** Descriptor-table registers, and the instructions that look at descriptors without loading them. SDM vol. 2. */
import { GDTR_BASE, GDTR_LIMIT, IDTR_BASE, IDTR_LIMIT, SEG_LDTR, SEG_TR } from '../layout/cpu-state';
import { FLAG_ZF, VECTOR_UD, cpl, is64, isLong, isProtected, selector } from '../state';
import { sensitive } from '../host';
import { raise, raiseGeneral } from '../interrupts/raise';
import { probeWrite, readAny, writeAny } from '../memory/access';
import { isCanonical } from '../segments/canonical';
import { systemRead } from '../memory/system';
import { ATTR_CODE, ATTR_DOWN, ATTR_S, ATTR_WRITABLE } from '../segments/derive';
import {
  TYPE_CALL16,
  TYPE_CALL32,
  TYPE_LDT,
  TYPE_TASK_GATE,
  TYPE_TSS16,
  TYPE_TSS16_BUSY,
  TYPE_TSS32,
  TYPE_TSS32_BUSY,
  descriptorAddress,
  dplOf,
  limitOf,
  packRights,
} from '../segments/descriptor';
import { segmentLinear } from '../segments/linear';
import { requireNoUmip, requirePrivilege } from './control';
import { setFlags } from './flags';

const VMX_GDTR_IDTR: i32 = 46;
const VMX_LDTR_TR: i32 = 47;

function storeTable(segment: i32, ea: i64, baseAt: usize, limitAt: usize): void {
  requireNoUmip();
  const size: u32 = is64() ? 8 : 4;
  const linear = <u64>segmentLinear(segment, ea, <i32>(size + 2), 1);
  probeWrite(<i64>linear, <i32>(size + 2));
  writeAny(linear, 2, <u64>load<u16>(limitAt));
  writeAny(linear + 2, size, size == 8 ? load<u64>(baseAt) : <u64>load<u32>(baseAt));
}

function loadTable(segment: i32, ea: i64, size: i32, baseAt: usize, limitAt: usize): void {
  requirePrivilege();
  const width: u32 = is64() ? 8 : 4;
  const linear = <u64>segmentLinear(segment, ea, <i32>(width + 2), 0);
  const limit = readAny(linear, 2);
  let base = readAny(linear + 2, width);
  if (width == 8) {
    if (!isCanonical(base)) raiseGeneral(0);
  } else if (size == 2) base &= 0xffffff;
  sensitive(VMX_GDTR_IDTR);
  store<u64>(baseAt, base);
  store<u32>(limitAt, <u32>limit);
}

export function sgdt(segment: i32, ea: i64, size: i32): void {
  storeTable(segment, ea, GDTR_BASE, GDTR_LIMIT);
}
export function sidt(segment: i32, ea: i64, size: i32): void {
  storeTable(segment, ea, IDTR_BASE, IDTR_LIMIT);
}
export function lgdt(segment: i32, ea: i64, size: i32): void {
  loadTable(segment, ea, size, GDTR_BASE, GDTR_LIMIT);
}
export function lidt(segment: i32, ea: i64, size: i32): void {
  loadTable(segment, ea, size, IDTR_BASE, IDTR_LIMIT);
}

function requireProtected(): void {
  if (!isProtected()) raise(VECTOR_UD);
}

export function sldt(): i32 {
  requireProtected();
  requireNoUmip();
  sensitive(VMX_LDTR_TR);
  return <i32>selector(SEG_LDTR);
}

export function str(): i32 {
  requireProtected();
  requireNoUmip();
  sensitive(VMX_LDTR_TR);
  return <i32>selector(SEG_TR);
}

let foundDescriptor: u64 = 0;

/** Whether the selector names a descriptor within its table; it is left in foundDescriptor. */
function find(target: u32): bool {
  requireProtected();
  if (!(target & 0xfffc)) return false;
  const at = descriptorAddress(target, 8);
  if (at == ~(<u64>0)) return false;
  foundDescriptor = systemRead(at, 8);
  return true;
}

/** Whether CPL and RPL may see the descriptor (conforming code: always). */
function visible(target: u32, rights: u32): bool {
  if ((rights & (ATTR_S | ATTR_CODE | ATTR_DOWN)) == (ATTR_S | ATTR_CODE | ATTR_DOWN)) return true;
  const dpl = dplOf(rights);
  return dpl >= cpl() && dpl >= (target & 3);
}

function zero(on: bool): void {
  setFlags(on ? <i32>FLAG_ZF : 0, <i32>FLAG_ZF);
}

function isTss(type: u32): bool {
  if (type == TYPE_TSS32 || type == TYPE_TSS32_BUSY) return true;
  return !isLong() && (type == TYPE_TSS16 || type == TYPE_TSS16_BUSY);
}

/** Access rights (second descriptor word under 00FxFF00h), or -1 with ZF cleared. */
export function lar(selectorValue: i32): i64 {
  const target = (<u32>selectorValue) & 0xffff;
  let ok = find(target);
  if (ok) {
    const rights = packRights(foundDescriptor);
    const type = rights & 0x1f;
    ok = (rights & ATTR_S) != 0 || isTss(type) || type == TYPE_LDT || type == TYPE_CALL32;
    if (!ok && !isLong()) ok = type == TYPE_CALL16 || type == TYPE_TASK_GATE;
    ok = ok && visible(target, rights);
  }
  zero(ok);
  return ok ? <i64>((foundDescriptor >> 32) & 0x00f0ff00) : -1;
}

/** Limit in bytes, or -1 with ZF cleared. */
export function lsl(selectorValue: i32): i64 {
  const target = (<u32>selectorValue) & 0xffff;
  let ok = find(target);
  if (ok) {
    const rights = packRights(foundDescriptor);
    ok = ((rights & ATTR_S) != 0 || isTss(rights & 0x1f) || (rights & 0x1f) == TYPE_LDT) && visible(target, rights);
  }
  zero(ok);
  return ok ? <i64>limitOf(foundDescriptor) : -1;
}

export function verr(selectorValue: i32): void {
  const target = (<u32>selectorValue) & 0xffff;
  let ok = find(target);
  if (ok) {
    const rights = packRights(foundDescriptor);
    ok = (rights & ATTR_S) != 0 && (!(rights & ATTR_CODE) || (rights & ATTR_WRITABLE) != 0) && visible(target, rights);
  }
  zero(ok);
}

export function verw(selectorValue: i32): void {
  const target = (<u32>selectorValue) & 0xffff;
  let ok = find(target);
  if (ok) {
    const rights = packRights(foundDescriptor);
    ok = (rights & (ATTR_S | ATTR_CODE | ATTR_WRITABLE)) == (ATTR_S | ATTR_WRITABLE) && visible(target, rights);
  }
  zero(ok);
}
