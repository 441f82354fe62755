/** Task switches through TSS descriptors and task gates. SDM vol. 3, 7.3. */
import {
  CPL,
  CR0,
  CR3,
  CR4,
  DEBUG_PENDING,
  DR,
  EFLAGS,
  IP,
  LAST_FAR_CS,
  LAST_FAR_IP,
  MODE_PAGING,
  SEGMENTS,
  SEGMENT_BYTES,
  SEG_ATTRIBUTES,
  SEG_CS,
  SEG_HIDDEN_BASE,
  SEG_LDTR,
  SEG_LIMIT,
  SEG_SS,
  SEG_TR,
} from '../layout/cpu-state';
import { CR0_TS, FLAG_NT, FLAG_VM, VECTOR_GP, VECTOR_NP, VECTOR_TS, commitIp, cpl, gpr, isVm86, mode, selector, setGpr } from '../state';
import { raiseCode } from '../interrupts/raise';
import { force, recheck } from '../blocks/force';
import { systemProbeWrite, systemRead, systemWrite } from '../memory/system';
import { ATTR_CODE, ATTR_DOWN, ATTR_PRESENT, ATTR_S, derive } from '../segments/derive';
import {
  TYPE_TSS16,
  TYPE_TSS16_BUSY,
  TYPE_TSS32,
  TYPE_TSS32_BUSY,
  baseOf,
  dplOf,
  limitOf,
  markAccessed,
  packRights,
  readDescriptor,
  setBusy,
  setSegment,
  setSegmentFrom,
} from '../segments/descriptor';
import { loadDataSegment, loadLocalTable, loadStackSegment } from '../segments/load';
import { checkPushes, commitFrame, frameHere, push } from '../segments/stack';
import { ARITHMETIC, getFlags, setFlags } from '../system/flags';
import { pageTableChanged } from '../system/paging';

export const SWITCH_JUMP: u32 = 0;
export const SWITCH_CALL: u32 = 1;
export const SWITCH_RETURN: u32 = 2;

/** Segment registers in TSS order ES CS SS DS FS GS. */
const SELECTORS: u32 = 6;

function saveTask(base: u64, wide: bool, from: u64, flags: u32): void {
  if (wide) {
    systemWrite(base + 0x20, 4, from);
    systemWrite(base + 0x24, 4, flags);
    for (let index: u32 = 0; index < 8; index++) systemWrite(base + 0x28 + index * 4, 4, gpr(index));
    for (let index: u32 = 0; index < SELECTORS; index++) {
      systemWrite(base + 0x48 + index * 4, 2, selector(SEGMENTS + index * SEGMENT_BYTES));
    }
  } else {
    systemWrite(base + 0x0e, 2, from);
    systemWrite(base + 0x10, 2, flags);
    for (let index: u32 = 0; index < 8; index++) systemWrite(base + 0x12 + index * 2, 2, gpr(index));
    for (let index: u32 = 0; index < 4; index++) {
      systemWrite(base + 0x22 + index * 2, 2, selector(SEGMENTS + index * SEGMENT_BYTES));
    }
  }
}

/** CS of the new task: checked as a far transfer to its own level, but every fault is #TS. */
function loadTaskCode(target: u32): void {
  const code = <i32>(target & 0xfffc);
  if (code == 0) raiseCode(VECTOR_TS, 0);
  const descriptor = readDescriptor(target, VECTOR_TS);
  const rights = packRights(descriptor);
  const level = target & 3;
  if ((rights & (ATTR_S | ATTR_CODE)) != (ATTR_S | ATTR_CODE)) raiseCode(VECTOR_TS, code);
  if (rights & ATTR_DOWN ? dplOf(rights) > level : dplOf(rights) != level) raiseCode(VECTOR_TS, code);
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, code);
  markAccessed(target, descriptor);
  setSegmentFrom(SEG_CS, target, descriptor);
}

function loadVirtualSegments(selectors: StaticArray<u32>): void {
  for (let index: u32 = 0; index < SELECTORS; index++) {
    const value = unchecked(selectors[index]);
    setSegment(SEGMENTS + index * SEGMENT_BYTES, value, value << 4, 0xffff, 0xf3);
  }
}

const loaded = new StaticArray<u32>(6);

/** Registers of the incoming task. Segment registers hold selectors only until their checks are done, in the new task. */
function loadTask(base: u64, wide: bool): u32 {
  const flags = wide ? <u32>systemRead(base + 0x24, 4) : <u32>systemRead(base + 0x10, 2);
  store<u64>(IP, wide ? systemRead(base + 0x20, 4) : systemRead(base + 0x0e, 2));
  for (let index: u32 = 0; index < 8; index++) {
    setGpr(index, wide ? systemRead(base + 0x28 + index * 4, 4) : (gpr(index) & 0xffff0000) | systemRead(base + 0x12 + index * 2, 2));
  }
  for (let index: u32 = 0; index < SELECTORS; index++) {
    let value: u32 = 0;
    if (wide) value = <u32>systemRead(base + 0x48 + index * 4, 2);
    else if (index < 4) value = <u32>systemRead(base + 0x22 + index * 2, 2);
    unchecked((loaded[index] = value));
  }
  return flags;
}

/**
 * Switches to the task of TSS `target`. `from`: IP to save; `code`: error code to push in the new task, -1 none.
 * `byGate`: through a task gate or interrupt (no DPL check of the TSS itself).
 */
export function switchTask(target: u32, kind: u32, from: u64, code: i32, byGate: bool): void {
  const vector = kind == SWITCH_RETURN ? VECTOR_TS : VECTOR_GP;
  const targetCode = <i32>(target & 0xfffc);
  if (targetCode == 0 || target & 4) raiseCode(vector, targetCode);
  const descriptor = readDescriptor(target, vector);
  const rights = packRights(descriptor);
  const type = rights & 0x1f;
  const wanted16 = kind == SWITCH_RETURN ? TYPE_TSS16_BUSY : TYPE_TSS16;
  const wanted32 = kind == SWITCH_RETURN ? TYPE_TSS32_BUSY : TYPE_TSS32;
  if (type != wanted16 && type != wanted32) raiseCode(vector, targetCode);
  if (!byGate && kind != SWITCH_RETURN && (dplOf(rights) < cpl() || dplOf(rights) < (target & 3))) raiseCode(VECTOR_GP, targetCode);
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, targetCode);
  const wide = (type & 8) != 0;
  const limit = limitOf(descriptor);
  if (limit < <u32>(wide ? 0x67 : 0x2b)) raiseCode(VECTOR_TS, targetCode);
  const base = <u64>baseOf(descriptor);
  const oldBase = load<u64>(SEG_TR, SEG_HIDDEN_BASE);
  const oldSelector = selector(SEG_TR);
  const oldWide = (load<u32>(SEG_TR, SEG_ATTRIBUTES) & 8) != 0;
  const oldCs = selector(SEG_CS);
  systemProbeWrite(oldBase, oldWide ? 0x68 : 0x2c);
  systemRead(base, 2);
  systemRead(base + (wide ? 0x66 : 0x2a), 2);
  let oldFlags = <u32>getFlags();
  if (kind == SWITCH_RETURN) oldFlags &= ~FLAG_NT;
  if (kind != SWITCH_CALL) setBusy(oldSelector, false);
  saveTask(oldBase, oldWide, from, oldFlags);
  if (kind == SWITCH_CALL) systemWrite(base, 2, oldSelector);
  if (kind != SWITCH_RETURN) setBusy(target, true);
  enterTask(target, descriptor, base, wide, kind);
  if (code >= 0) {
    const size: u32 = wide ? 4 : 2;
    frameHere();
    checkPushes(1, size);
    push(size, <u64>code);
    commitFrame(false);
  }
  store<u32>(LAST_FAR_CS, oldCs);
  store<u64>(LAST_FAR_IP, from);
  if (wide && systemRead(base + 0x64, 2) & 1) {
    store<u32>(DEBUG_PENDING, load<u32>(DEBUG_PENDING) | 0x8000);
    force();
  }
  recheck();
}

/** From here on faults belong to the new task: its first instruction has not run. */
function enterTask(target: u32, descriptor: u64, base: u64, wide: bool, kind: u32): void {
  const cr3 = wide ? systemRead(base + 0x1c, 4) : 0;
  let flags = loadTask(base, wide);
  const localTable = <u32>systemRead(base + (wide ? 0x60 : 0x2a), 2);
  if (kind == SWITCH_CALL) flags |= FLAG_NT;
  setSegment(SEG_TR, target, base, limitOf(descriptor), packRights(descriptor) | 2);
  store<u32>(CR0, load<u32>(CR0) | CR0_TS);
  store<u32>(DR + 7 * 8, load<u32>(DR + 7 * 8) & ~0x155);
  if (wide && mode() & MODE_PAGING && <u64>cr3 != load<u64>(CR3)) {
    store<u64>(CR3, cr3);
    pageTableChanged(load<u32>(CR4));
  }
  commitIp(load<u64>(IP));
  store<u32>(EFLAGS, 2);
  setFlags(<i32>flags, <i32>(ARITHMETIC | 0x37ff00 | FLAG_VM));
  // Selectors first: a fault in a check is one in the new task, with what was not checked yet unusable.
  for (let index: u32 = 0; index < SELECTORS; index++) {
    setSegment(SEGMENTS + index * SEGMENT_BYTES, unchecked(loaded[index]), 0, 0, 0);
  }
  const level = flags & FLAG_VM ? 3 : unchecked(loaded[1]) & 3;
  store<u32>(CPL, level);
  setSegment(SEG_LDTR, localTable, 0, 0, 0);
  derive();
  loadLocalTable(localTable, VECTOR_TS);
  if (isVm86()) loadVirtualSegments(loaded);
  else {
    loadTaskCode(unchecked(loaded[1]));
    loadStackSegment(SEG_SS, unchecked(loaded[2]), level, VECTOR_TS);
    for (let index: u32 = 0; index < SELECTORS; index++) {
      if (index != 1 && index != 2) loadDataSegment(SEGMENTS + index * SEGMENT_BYTES, unchecked(loaded[index]), level, VECTOR_TS);
    }
  }
  derive();
  if (load<u64>(IP) > <u64>load<u32>(SEG_CS, SEG_LIMIT)) raiseCode(VECTOR_GP, 0);
}
