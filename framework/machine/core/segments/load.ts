/** MOV/POP to a segment register, LDTR and TR. SDM vol. 2, MOV, LLDT, LTR; vol. 3, 5.5 and 5.7. */
import {
  MODE_PROTECTED,
  MODE_VM86,
  SEGMENTS,
  SEGMENT_BYTES,
  SEG_CS,
  SEG_HIDDEN_BASE,
  SEG_LDTR,
  SEG_SELECTOR,
  SEG_SS,
  SEG_TR,
  SHADOW,
} from '../layout/cpu-state';
import { VECTOR_GP, VECTOR_NP, VECTOR_SS, VECTOR_UD, cpl, is64, isLong, mode } from '../state';
import { force } from '../blocks/force';
import { raise, raiseCode, raiseGeneral } from '../interrupts/raise';
import { systemRead } from '../memory/system';
import { ATTR_CODE, ATTR_DOWN, ATTR_PRESENT, ATTR_S, ATTR_WRITABLE, derive, deriveLoaded } from './derive';
import {
  TYPE_LDT,
  TYPE_TSS16,
  TYPE_TSS32,
  baseOf,
  descriptorAddress,
  dplOf,
  limitOf,
  markAccessed,
  packRights,
  readDescriptor,
  setBusy,
  setSegment,
  setSegmentFrom,
} from './descriptor';

/** Real mode and VM86: selector and base only; limit and attributes stay (in VM86 they are always 64 KiB, data, DPL 3). */
export function loadRealSegment(segment: usize, selector: u32): void {
  store<u32>(segment, selector & 0xffff, SEG_SELECTOR);
  store<u64>(segment, (selector & 0xffff) << 4, SEG_HIDDEN_BASE);
}

/** Checks and loads SS for `level`; raises `vector` (a #TS in task switches and gates) for what MOV SS calls #GP. */
export function loadStackSegment(segment: usize, selector: u32, level: u32, vector: i32): void {
  const code = <i32>(selector & 0xfffc);
  if (code == 0) raiseCode(vector, 0);
  const descriptor = readDescriptor(selector, vector);
  const rights = packRights(descriptor);
  if ((selector & 3) != level || (rights & (ATTR_S | ATTR_CODE | ATTR_WRITABLE)) != (ATTR_S | ATTR_WRITABLE) || dplOf(rights) != level) {
    raiseCode(vector, code);
  }
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_SS, code);
  markAccessed(selector, descriptor);
  setSegmentFrom(segment, selector, descriptor);
}

/** Checks and loads DS, ES, FS or GS at `level`; `vector` for what MOV calls #GP. */
export function loadDataSegment(segment: usize, selector: u32, level: u32, vector: i32): void {
  const code = <i32>(selector & 0xfffc);
  if (code == 0) {
    setSegment(segment, selector, 0, 0, 0);
    return;
  }
  const descriptor = readDescriptor(selector, vector);
  const rights = packRights(descriptor);
  const isCode = (rights & ATTR_CODE) != 0;
  if (!(rights & ATTR_S) || (isCode && !(rights & ATTR_WRITABLE))) raiseCode(vector, code);
  const conforming = isCode && (rights & ATTR_DOWN) != 0;
  if (!conforming && ((selector & 3) > dplOf(rights) || level > dplOf(rights))) raiseCode(vector, code);
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, code);
  markAccessed(selector, descriptor);
  setSegmentFrom(segment, selector, descriptor);
}

/** MOV sreg / POP sreg / LxS; `index` in x86 order, 0..5. CS: #UD. */
export function loadSegment(index: i32, selectorValue: i32): void {
  const selector = (<u32>selectorValue) & 0xffff;
  const segment: usize = SEGMENTS + index * SEGMENT_BYTES;
  if (segment == SEG_CS) raise(VECTOR_UD);
  if ((mode() & (MODE_PROTECTED | MODE_VM86)) != MODE_PROTECTED) loadRealSegment(segment, selector);
  else if (segment == SEG_SS) {
    // A null SS is for 64-bit mode below CPL 3 only, with RPL = CPL.
    if (!(selector & 0xfffc)) {
      if (!is64() || cpl() == 3 || (selector & 3) != cpl()) raiseGeneral(0);
      setSegment(segment, selector, 0, 0, cpl() << 5);
    } else loadStackSegment(segment, selector, cpl(), VECTOR_GP);
  } else loadDataSegment(segment, selector, cpl(), VECTOR_GP);
  deriveLoaded(segment);
  if (segment == SEG_SS) {
    store<u32>(SHADOW, 2);
    force();
  }
}

function requireSystem(): void {
  if ((mode() & (MODE_PROTECTED | MODE_VM86)) != MODE_PROTECTED) raise(VECTOR_UD);
}

/** Base of a system descriptor: 64 bits wide in long mode, whose second half must have type 0. */
function systemBase(selector: u32, descriptor: u64): u64 {
  const low = <u64>baseOf(descriptor);
  if (!isLong()) return low;
  const at = descriptorAddress(selector, 16);
  if (at == ~(<u64>0)) raiseGeneral(<i32>(selector & 0xfffc));
  const high = systemRead(at + 8, 8);
  if ((high >> 40) & 0x1f) raiseGeneral(<i32>(selector & 0xfffc));
  return low | (high << 32);
}

/** LDTR from a selector; `vector` for bad ones (#GP, or #TS in a task switch). */
export function loadLocalTable(selector: u32, vector: i32): void {
  const code = <i32>(selector & 0xfffc);
  if (code == 0) {
    setSegment(SEG_LDTR, selector, 0, 0, 0);
    return;
  }
  if (selector & 4) raiseCode(vector, code);
  const descriptor = readDescriptor(selector, vector);
  const rights = packRights(descriptor);
  if ((rights & 0x1f) != TYPE_LDT) raiseCode(vector, code);
  if (!(rights & ATTR_PRESENT)) raiseCode(vector == VECTOR_GP ? VECTOR_NP : vector, code);
  setSegment(SEG_LDTR, selector, systemBase(selector, descriptor), limitOf(descriptor), rights);
}

export function lldt(selector: i32): void {
  requireSystem();
  if (cpl() != 0) raiseGeneral(0);
  loadLocalTable((<u32>selector) & 0xffff, VECTOR_GP);
}

export function ltr(selectorValue: i32): void {
  const selector = (<u32>selectorValue) & 0xffff;
  requireSystem();
  if (cpl() != 0) raiseGeneral(0);
  const code = <i32>(selector & 0xfffc);
  if (code == 0 || selector & 4) raiseGeneral(code);
  const descriptor = readDescriptor(selector, VECTOR_GP);
  const rights = packRights(descriptor);
  const type = rights & 0x1f;
  if (!(type == TYPE_TSS32 || (type == TYPE_TSS16 && !isLong()))) raiseGeneral(code);
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, code);
  const base = systemBase(selector, descriptor);
  setBusy(selector, true);
  setSegment(SEG_TR, selector, base, limitOf(descriptor), rights | 2);
}

/** All four data segments that a less privileged level may not keep become null. SDM vol. 2, RET. */
export function dropPrivilegedSegments(level: u32): void {
  dropOne(SEGMENTS, level);
  dropOne(SEGMENTS + 3 * SEGMENT_BYTES, level);
  dropOne(SEGMENTS + 4 * SEGMENT_BYTES, level);
  dropOne(SEGMENTS + 5 * SEGMENT_BYTES, level);
}

/** A segment that is null already keeps its base: FS and GS may have got theirs from an MSR. */
function dropOne(segment: usize, level: u32): void {
  const rights = load<u32>(segment, 36);
  if (!(rights & ATTR_PRESENT)) return;
  const conforming = (rights & (ATTR_CODE | ATTR_DOWN)) == (ATTR_CODE | ATTR_DOWN);
  if (!conforming && dplOf(rights) < level) setSegment(segment, 0, 0, 0, 0);
}
