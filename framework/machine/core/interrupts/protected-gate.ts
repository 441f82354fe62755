/** Interrupt, trap and task gates of the 32-bit IDT, from VM86 too. SDM vol. 3, 6.11 and 6.12. */
import { CPL, IDTR_BASE, IDTR_LIMIT, RSP, SEG_CS, SEG_DS, SEG_ES, SEG_FS, SEG_GS, SEG_SCRATCH, SEG_SS } from '../layout/cpu-state';
import { VECTOR_GP, VECTOR_TS, attributes, commitIp, cpl, isVm86, selector } from '../state';
import { systemRead } from '../memory/system';
import { ATTR_DB, ATTR_DOWN, derive, deriveSegment } from '../segments/derive';
import {
  TYPE_INT16,
  TYPE_INT32,
  TYPE_TASK_GATE,
  TYPE_TRAP16,
  TYPE_TRAP32,
  dplOf,
  markAccessed,
  packRights,
  setSegment,
  setSegmentFrom,
} from '../segments/descriptor';
import { loadStackSegment } from '../segments/load';
import { checkPushes, commitFrame, frameHere, frameOn, framePointer, push } from '../segments/stack';
import { SWITCH_CALL, switchTask } from '../transfers/task';
import { innerStackPointer, innerStackSelector } from '../transfers/tss';
import { raiseCode } from './raise';
import { checkGate, flagsAfter, gateCode, gateTarget, gateType, leaveFrom } from './common';

export function deliverProtected(vector: i32, code: i32, software: bool, from: u64, image: u32): void {
  const at = (<u32>vector) << 3;
  if (at + 7 > load<u32>(IDTR_LIMIT)) raiseCode(VECTOR_GP, gateCode(vector));
  const gate = systemRead(load<u64>(IDTR_BASE) + at, 8);
  const type = gateType(gate);
  if (type != TYPE_TASK_GATE && type != TYPE_INT16 && type != TYPE_TRAP16 && type != TYPE_INT32 && type != TYPE_TRAP32) {
    raiseCode(VECTOR_GP, gateCode(vector));
  }
  checkGate(gate, vector, software);
  const target = (<u32>(gate >> 16)) & 0xffff;
  if (type == TYPE_TASK_GATE) {
    switchTask(target, SWITCH_CALL, from, code, true);
    return;
  }
  const wide = type >= TYPE_INT32;
  const offset = wide ? ((<u32>gate) & 0xffff) | ((<u32>(gate >> 32)) & 0xffff0000) : (<u32>gate) & 0xffff;
  const descriptor = gateTarget(target, false);
  const codeRights = packRights(descriptor);
  const level = dplOf(codeRights);
  const selectorCode = <i32>(target & 0xfffc);
  const isTrap = (type & 1) != 0;
  if (!(codeRights & ATTR_DOWN) && level < cpl()) {
    if (isVm86() && level != 0) raiseCode(VECTOR_GP, selectorCode);
    toInner(target, descriptor, level, offset, wide, isTrap, code, from, image);
    return;
  }
  if (isVm86()) raiseCode(VECTOR_GP, selectorCode);
  const size: u32 = wide ? 4 : 2;
  frameHere();
  checkPushes(code >= 0 ? 4 : 3, size);
  checkOffset(offset, descriptor);
  markAccessed(target, descriptor);
  push(size, image);
  push(size, selector(SEG_CS));
  push(size, from);
  if (code >= 0) push(size, <u64>code);
  commitFrame(false);
  leaveFrom(from);
  setSegmentFrom(SEG_CS, (target & ~3) | cpl(), descriptor);
  flagsAfter(isTrap);
  commitIp(offset);
  derive();
}

function checkOffset(offset: u32, descriptor: u64): void {
  const granular = (descriptor >> 55) & 1;
  const raw = ((<u32>descriptor) & 0xffff) | ((<u32>(descriptor >> 32)) & 0xf0000);
  const limit = granular ? (raw << 12) | 0xfff : raw;
  if (offset > limit) raiseCode(VECTOR_GP, 0);
}

/** Through a gate to an inner level: the stack comes from the TSS. SDM vol. 3, 6.12.1 and (from VM86) 20.3.1. */
function toInner(target: u32, descriptor: u64, level: u32, offset: u32, wide: bool, isTrap: bool, code: i32, from: u64, image: u32): void {
  const stackSelector = innerStackSelector(level);
  const stackPointer = innerStackPointer(level);
  loadStackSegment(SEG_SCRATCH, stackSelector, level, VECTOR_TS);
  deriveSegment(SEG_SCRATCH);
  const stackMask: u64 = attributes(SEG_SCRATCH) & ATTR_DB ? 0xffffffff : 0xffff;
  const size: u32 = wide ? 4 : 2;
  const fromVm = isVm86();
  frameOn(SEG_SCRATCH, stackPointer, stackMask, level, false);
  checkPushes((fromVm ? 9 : 5) + (code >= 0 ? 1 : 0), size);
  checkOffset(offset, descriptor);
  if (fromVm) {
    push(size, selector(SEG_GS));
    push(size, selector(SEG_FS));
    push(size, selector(SEG_DS));
    push(size, selector(SEG_ES));
  }
  push(size, selector(SEG_SS));
  push(size, load<u64>(RSP));
  push(size, image);
  push(size, selector(SEG_CS));
  push(size, from);
  if (code >= 0) push(size, <u64>code);
  const sp = framePointer();
  leaveFrom(from);
  markAccessed(target, descriptor);
  if (fromVm) {
    setSegment(SEG_GS, 0, 0, 0, 0);
    setSegment(SEG_FS, 0, 0, 0, 0);
    setSegment(SEG_DS, 0, 0, 0, 0);
    setSegment(SEG_ES, 0, 0, 0, 0);
  }
  memory.copy(SEG_SS, SEG_SCRATCH, 48);
  store<u64>(RSP, stackMask == 0xffff ? (load<u64>(RSP) & ~stackMask) | sp : sp);
  setSegmentFrom(SEG_CS, (target & ~3) | level, descriptor);
  store<u32>(CPL, level);
  flagsAfter(isTrap);
  commitIp(offset);
  derive();
}
