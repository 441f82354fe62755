/** Far JMP, CALL and RET: real mode, code segments, call gates, task gates and TSS. SDM vol. 2. */
import { CPL, LAST_FAR_CS, LAST_FAR_IP, RSP, SEG_CS, SEG_LIMIT, SEG_SCRATCH, SEG_SS } from '../layout/cpu-state';
import {
  VECTOR_GP,
  VECTOR_NP,
  VECTOR_SS,
  VECTOR_TS,
  attributes,
  commitIp,
  cpl,
  currentIp,
  is64,
  isLong,
  isProtected,
  nextIp,
  selector,
} from '../state';
import { raiseCode, raiseGeneral } from '../interrupts/raise';
import { isCanonical } from '../segments/canonical';
import { systemRead } from '../memory/system';
import { ATTR_CODE, ATTR_DB, ATTR_DOWN, ATTR_L, ATTR_PRESENT, ATTR_S, derive, deriveSegment } from '../segments/derive';
import {
  TYPE_CALL16,
  TYPE_CALL32,
  TYPE_TASK_GATE,
  TYPE_TSS16,
  TYPE_TSS16_BUSY,
  TYPE_TSS32,
  TYPE_TSS32_BUSY,
  descriptorAddress,
  dplOf,
  limitOf,
  markAccessed,
  packRights,
  readDescriptor,
  setSegment,
  setSegmentFrom,
} from '../segments/descriptor';
import { dropPrivilegedSegments, loadRealSegment, loadStackSegment } from '../segments/load';
import { checkPushes, commitFrame, dropBytes, frameHere, frameOn, framePointer, peek, push } from '../segments/stack';
import { SWITCH_CALL, SWITCH_JUMP, switchTask } from './task';
import { innerStackPointer, innerStackSelector, longStackPointer } from './tss';

export function noteFar(): void {
  store<u32>(LAST_FAR_CS, selector(SEG_CS));
  store<u64>(LAST_FAR_IP, currentIp());
}

function cutOffset(offset: u64, size: u32): u64 {
  if (size == 2) return offset & 0xffff;
  return size == 4 ? offset & 0xffffffff : offset;
}

/** Rights of a code descriptor as the target of a direct transfer at CPL (not through a gate). */
function checkCode(target: u32, descriptor: u64): void {
  const rights = packRights(descriptor);
  const code = <i32>(target & 0xfffc);
  if (!(rights & ATTR_CODE)) raiseGeneral(code);
  if (rights & ATTR_DOWN) {
    if (dplOf(rights) > cpl()) raiseGeneral(code);
  } else if ((target & 3) > cpl() || dplOf(rights) != cpl()) raiseGeneral(code);
  checkLongCode(rights, code);
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, code);
}

/** L and D together are reserved in long mode. */
function checkLongCode(rights: u32, code: i32): void {
  if (isLong() && (rights & (ATTR_L | ATTR_DB)) == (ATTR_L | ATTR_DB)) raiseGeneral(code);
}

/** The target offset against the new segment. */
export function checkNewOffset(offset: u64, descriptor: u64): void {
  if (isLong() && packRights(descriptor) & ATTR_L) {
    if (!isCanonical(offset)) raiseGeneral(0);
  } else if (offset > <u64>limitOf(descriptor)) raiseGeneral(0);
}

function realTarget(target: u32, offset: u64): void {
  if (offset > <u64>load<u32>(SEG_CS, SEG_LIMIT)) raiseGeneral(0);
  noteFar();
  loadRealSegment(SEG_CS, target);
  commitIp(offset);
  derive();
}

function enterCode(target: u32, descriptor: u64, level: u32, offset: u64): void {
  noteFar();
  markAccessed(target, descriptor);
  setSegmentFrom(SEG_CS, (target & ~3) | level, descriptor);
  commitIp(offset);
  derive();
}

export function farJump(selectorValue: i32, offset: i64, size: i32): void {
  const target = (<u32>selectorValue) & 0xffff;
  const wanted = cutOffset(<u64>offset, <u32>size);
  if (!isProtected()) {
    realTarget(target, wanted);
    return;
  }
  if (!(target & 0xfffc)) raiseGeneral(0);
  const descriptor = readDescriptor(target, VECTOR_GP);
  if (packRights(descriptor) & ATTR_S) {
    checkCode(target, descriptor);
    checkNewOffset(wanted, descriptor);
    enterCode(target, descriptor, cpl(), wanted);
  } else throughSystem(target, descriptor, false);
}

export function farCall(selectorValue: i32, offset: i64, sizeValue: i32): void {
  const target = (<u32>selectorValue) & 0xffff;
  const size = <u32>sizeValue;
  const wanted = cutOffset(<u64>offset, size);
  if (!isProtected()) {
    if (wanted > <u64>load<u32>(SEG_CS, SEG_LIMIT)) raiseGeneral(0);
    pushReturn(size);
    realTarget(target, wanted);
    return;
  }
  if (!(target & 0xfffc)) raiseGeneral(0);
  const descriptor = readDescriptor(target, VECTOR_GP);
  if (packRights(descriptor) & ATTR_S) {
    checkCode(target, descriptor);
    checkNewOffset(wanted, descriptor);
    pushReturn(size);
    enterCode(target, descriptor, cpl(), wanted);
  } else throughSystem(target, descriptor, true);
}

function pushReturn(size: u32): void {
  frameHere();
  checkPushes(2, size);
  push(size, selector(SEG_CS));
  push(size, nextIp());
  commitFrame(false);
}

/** The target is a gate or a TSS. */
function throughSystem(target: u32, descriptor: u64, isCall: bool): void {
  const rights = packRights(descriptor);
  const type = rights & 0x1f;
  const code = <i32>(target & 0xfffc);
  if (isLong() && type != TYPE_CALL32) raiseGeneral(code);
  if (type == TYPE_TSS16 || type == TYPE_TSS32 || type == TYPE_TSS16_BUSY || type == TYPE_TSS32_BUSY) {
    switchTask(target, isCall ? SWITCH_CALL : SWITCH_JUMP, nextIp(), -1, false);
    return;
  }
  if (type != TYPE_CALL16 && type != TYPE_CALL32 && type != TYPE_TASK_GATE) raiseGeneral(code);
  if (dplOf(rights) < cpl() || dplOf(rights) < (target & 3)) raiseGeneral(code);
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, code);
  const inner = (<u32>(descriptor >> 16)) & 0xffff;
  if (type == TYPE_TASK_GATE) {
    switchTask(inner, isCall ? SWITCH_CALL : SWITCH_JUMP, nextIp(), -1, true);
    return;
  }
  if (isLong()) throughLongGate(target, descriptor, inner, isCall);
  else throughGate(descriptor, inner, type == TYPE_CALL32, isCall);
}

/** The code segment a call gate leads to. */
function gateTarget(inner: u32, isCall: bool): u64 {
  const code = <i32>(inner & 0xfffc);
  if (code == 0) raiseGeneral(0);
  const descriptor = readDescriptor(inner, VECTOR_GP);
  const rights = packRights(descriptor);
  if ((rights & (ATTR_S | ATTR_CODE)) != (ATTR_S | ATTR_CODE) || dplOf(rights) > cpl()) raiseGeneral(code);
  if (!isCall && !(rights & ATTR_DOWN) && dplOf(rights) != cpl()) raiseGeneral(code);
  if (isLong() && (rights & (ATTR_L | ATTR_DB)) != ATTR_L) raiseGeneral(code);
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, code);
  return descriptor;
}

function throughGate(gate: u64, inner: u32, wide: bool, isCall: bool): void {
  const descriptor = gateTarget(inner, isCall);
  const rights = packRights(descriptor);
  const size: u32 = wide ? 4 : 2;
  const offset = wide ? (gate & 0xffff) | ((gate >> 32) & 0xffff0000) : gate & 0xffff;
  if (!isCall || rights & ATTR_DOWN || dplOf(rights) == cpl()) {
    checkNewOffset(offset, descriptor);
    if (isCall) pushReturn(size);
    enterCode(inner, descriptor, cpl(), offset);
    return;
  }
  const level = dplOf(rights);
  const parameters = (<u32>(gate >> 32)) & 31;
  const stackSelector = innerStackSelector(level);
  const stackPointer = innerStackPointer(level);
  loadStackSegment(SEG_SCRATCH, stackSelector, level, VECTOR_TS);
  deriveSegment(SEG_SCRATCH);
  const mask: u64 = attributes(SEG_SCRATCH) & ATTR_DB ? 0xffffffff : 0xffff;
  checkNewOffset(offset, descriptor);
  const from = nextIp();
  for (let index: u32 = 0; index < parameters; index++) peek(index * size, size);
  frameOn(SEG_SCRATCH, stackPointer, mask, level, false);
  checkPushes(4 + parameters, size);
  push(size, selector(SEG_SS));
  push(size, load<u64>(RSP));
  for (let index = parameters; index > 0; index--) push(size, peek((index - 1) * size, size));
  push(size, selector(SEG_CS));
  push(size, from);
  const sp = framePointer();
  noteFar();
  markAccessed(inner, descriptor);
  memory.copy(SEG_SS, SEG_SCRATCH, 48);
  store<u64>(RSP, mask == 0xffff ? (load<u64>(RSP) & ~mask) | sp : sp);
  setSegmentFrom(SEG_CS, (inner & ~3) | level, descriptor);
  store<u32>(CPL, level);
  commitIp(offset);
  derive();
}

function throughLongGate(target: u32, gate: u64, inner: u32, isCall: bool): void {
  const at = descriptorAddress(target, 16);
  const code = <i32>(target & 0xfffc);
  if (at == ~(<u64>0)) raiseGeneral(code);
  const high = systemRead(at + 8, 8);
  if ((high >> 40) & 0x1f) raiseGeneral(code);
  const offset = (gate & 0xffff) | ((gate >> 32) & 0xffff0000) | (high << 32);
  const descriptor = gateTarget(inner, isCall);
  const rights = packRights(descriptor);
  if (!isCanonical(offset)) raiseGeneral(0);
  const level = rights & ATTR_DOWN ? cpl() : dplOf(rights);
  if (!isCall) {
    enterCode(inner, descriptor, cpl(), offset);
    return;
  }
  const from = nextIp();
  const isInner = level < cpl();
  const sp = isInner ? longStackPointer(level) : load<u64>(RSP);
  if (isInner && !isCanonical(sp)) raiseCode(VECTOR_SS, 0);
  frameOn(SEG_SS, sp, ~(<u64>0), level, true);
  checkPushes(isInner ? 4 : 2, 8);
  if (isInner) {
    push(8, selector(SEG_SS));
    push(8, load<u64>(RSP));
  }
  push(8, selector(SEG_CS));
  push(8, from);
  noteFar();
  store<u64>(RSP, framePointer());
  markAccessed(inner, descriptor);
  if (isInner) setSegment(SEG_SS, level, 0, 0, level << 5);
  setSegmentFrom(SEG_CS, (inner & ~3) | level, descriptor);
  store<u32>(CPL, level);
  commitIp(offset);
  derive();
}

/** Code descriptor that RET or IRET goes back to. */
export function returnTarget(target: u32): u64 {
  const code = <i32>(target & 0xfffc);
  if (code == 0) raiseGeneral(0);
  const descriptor = readDescriptor(target, VECTOR_GP);
  const rights = packRights(descriptor);
  const level = target & 3;
  if ((rights & (ATTR_S | ATTR_CODE)) != (ATTR_S | ATTR_CODE) || level < cpl()) raiseGeneral(code);
  if (rights & ATTR_DOWN ? dplOf(rights) > level : dplOf(rights) != level) raiseGeneral(code);
  checkLongCode(rights, code);
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, code);
  return descriptor;
}

/** SS of the level that RET or IRET goes back to, into the scratch cache; a null one is for 64-bit code below level 3. */
export function returnStack(stackSelector: u32, level: u32, toLong: bool): void {
  if (!(stackSelector & 0xfffc)) {
    if (!toLong || level == 3 || (stackSelector & 3) != level) raiseGeneral(0);
    setSegment(SEG_SCRATCH, stackSelector, 0, 0, level << 5);
  } else loadStackSegment(SEG_SCRATCH, stackSelector, level, VECTOR_GP);
}

/** RETF, and RETF imm16 (`extra` bytes). */
export function farReturn(sizeValue: i32, extra: i32): void {
  const size = <u32>sizeValue;
  const offset = peek(0, size);
  const target = (<u32>peek(size, size)) & 0xffff;
  if (!isProtected()) {
    if (offset > <u64>load<u32>(SEG_CS, SEG_LIMIT)) raiseGeneral(0);
    dropBytes(2 * size + <u64>extra);
    realTarget(target, offset);
    return;
  }
  const descriptor = returnTarget(target);
  const level = target & 3;
  checkNewOffset(offset, descriptor);
  if (level == cpl()) {
    dropBytes(2 * size + <u64>extra);
    enterCode(target, descriptor, level, offset);
    return;
  }
  const sp = peek(2 * size + <u64>extra, size);
  const stackSelector = (<u32>peek(3 * size + <u64>extra, size)) & 0xffff;
  returnStack(stackSelector, level, (packRights(descriptor) & ATTR_L) != 0 && isLong());
  noteFar();
  markAccessed(target, descriptor);
  toOuter(target, descriptor, level, sp);
  dropBytes(<u64>extra);
  commitIp(offset);
}

/** CS, SS (from the scratch cache), rSP and CPL of an outer level; data segments it may not have become null. */
export function toOuter(target: u32, descriptor: u64, level: u32, sp: u64): void {
  memory.copy(SEG_SS, SEG_SCRATCH, 48);
  setSegmentFrom(SEG_CS, target, descriptor);
  store<u32>(CPL, level);
  derive();
  const wide = is64() || (attributes(SEG_SS) & ATTR_DB) != 0;
  store<u64>(RSP, wide ? (is64() ? sp : sp & 0xffffffff) : (load<u64>(RSP) & ~(<u64>0xffff)) | (sp & 0xffff));
  dropPrivilegedSegments(level);
  derive();
}
