/** IRET in all its forms. SDM vol. 2, IRET. */
import { CPL, EFLAGS, NMI_BLOCKED, RF_ARMED, RSP, SEG_CS, SEG_DS, SEG_ES, SEG_FS, SEG_GS, SEG_LIMIT, SEG_SS } from '../layout/cpu-state';
import {
  CR4_VME,
  FLAG_IF,
  FLAG_IOPL,
  FLAG_NT,
  FLAG_RF,
  FLAG_TF,
  FLAG_VIF,
  FLAG_VIP,
  FLAG_VM,
  commitIp,
  cpl,
  cr4,
  eflags,
  iopl,
  is64,
  isLong,
  isProtected,
  isVm86,
  nextIp,
} from '../state';
import { recheck } from '../blocks/force';
import { raiseGeneral } from '../interrupts/raise';
import { ATTR_L, derive } from '../segments/derive';
import { markAccessed, packRights, setSegment, setSegmentFrom } from '../segments/descriptor';
import { loadRealSegment } from '../segments/load';
import { dropBytes, peek } from '../segments/stack';
import { POPPABLE, setFlags } from '../system/flags';
import { checkNewOffset, noteFar, returnStack, returnTarget, toOuter } from './far';
import { SWITCH_RETURN, switchTask } from './task';
import { tssRead } from './tss';

function done(): void {
  store<u32>(NMI_BLOCKED, 0);
  // RF, if set by this IRET, is for the next instruction.
  store<u32>(RF_ARMED, 0);
  recheck();
}

export function iret(sizeValue: i32): void {
  const size = <u32>sizeValue;
  if (isVm86()) iretVirtual(size);
  else if (!isProtected()) iretReal(size);
  else iretProtected(size);
  done();
}

function iretReal(size: u32): void {
  const offset = peek(0, size);
  const target = (<u32>peek(size, size)) & 0xffff;
  const image = <u32>peek(2 * size, size);
  if (offset > <u64>load<u32>(SEG_CS, SEG_LIMIT)) raiseGeneral(0);
  dropBytes(3 * size);
  noteFar();
  loadRealSegment(SEG_CS, target);
  commitIp(offset);
  setFlags(<i32>image, <i32>(size == 2 ? POPPABLE & 0xffff : POPPABLE | FLAG_RF));
  derive();
}

/** Within VM86: needs IOPL 3, or VME for the 16-bit form. */
function iretVirtual(size: u32): void {
  const image = <u32>peek(2 * size, size);
  const virtualFlag = iopl() < 3;
  if (virtualFlag && (size != 2 || !(cr4() & CR4_VME) || image & FLAG_TF || (image & FLAG_IF && eflags() & FLAG_VIP))) raiseGeneral(0);
  const offset = peek(0, size);
  const target = (<u32>peek(size, size)) & 0xffff;
  if (offset > <u64>load<u32>(SEG_CS, SEG_LIMIT)) raiseGeneral(0);
  dropBytes(3 * size);
  noteFar();
  loadRealSegment(SEG_CS, target);
  commitIp(offset);
  if (virtualFlag) {
    setFlags(<i32>((image & ~FLAG_IF) | ((image & FLAG_IF) << 10)), <i32>((POPPABLE & 0xffff & ~(FLAG_IF | FLAG_IOPL)) | FLAG_VIF));
  } else setFlags(<i32>image, <i32>((size == 2 ? POPPABLE & 0xffff : POPPABLE | FLAG_RF) & ~FLAG_IOPL));
  derive();
}

/** EFLAGS bits that an IRET at the present CPL may write. */
function returnMask(size: u32): u32 {
  let mask = size == 2 ? POPPABLE & 0xffff : POPPABLE | FLAG_RF;
  if (cpl() > 0) mask &= ~FLAG_IOPL;
  else if (size != 2) mask |= FLAG_VIF | FLAG_VIP;
  if (cpl() > iopl()) mask &= ~FLAG_IF;
  return mask;
}

function iretProtected(size: u32): void {
  if (eflags() & FLAG_NT) {
    if (isLong()) raiseGeneral(0);
    switchTask(<u32>tssRead(0, 2), SWITCH_RETURN, nextIp(), -1, true);
    return;
  }
  const offset = peek(0, size);
  const target = (<u32>peek(size, size)) & 0xffff;
  const image = <u32>peek(2 * size, size);
  if (size == 4 && image & FLAG_VM && cpl() == 0 && !isLong()) {
    toVirtual(offset, target, image);
    return;
  }
  const descriptor = returnTarget(target);
  checkNewOffset(offset, descriptor);
  const level = target & 3;
  const mask = returnMask(size);
  const toLong = isLong() && (packRights(descriptor) & ATTR_L) != 0;
  if (level == cpl() && !is64()) {
    dropBytes(3 * size);
    noteFar();
    markAccessed(target, descriptor);
    setSegmentFrom(SEG_CS, target, descriptor);
    commitIp(offset);
    setFlags(<i32>image, <i32>mask);
    derive();
    return;
  }
  const sp = peek(3 * size, size);
  const stackSelector = (<u32>peek(4 * size, size)) & 0xffff;
  returnStack(stackSelector, level, toLong);
  noteFar();
  markAccessed(target, descriptor);
  toOuter(target, descriptor, level, sp);
  commitIp(offset);
  setFlags(<i32>image, <i32>mask);
}

/** From CPL 0 to VM86. */
function toVirtual(offset: u64, target: u32, image: u32): void {
  const sp = peek(12, 4);
  const ss = <u32>peek(16, 4);
  const es = <u32>peek(20, 4);
  const ds = <u32>peek(24, 4);
  const fs = <u32>peek(28, 4);
  const gs = <u32>peek(32, 4);
  if (offset > 0xffff) raiseGeneral(0);
  noteFar();
  store<u32>(EFLAGS, eflags() | FLAG_VM);
  setFlags(<i32>image, <i32>(POPPABLE | FLAG_RF | FLAG_VIF | FLAG_VIP | FLAG_VM));
  virtualSegment(SEG_CS, target);
  virtualSegment(SEG_SS, ss);
  virtualSegment(SEG_ES, es);
  virtualSegment(SEG_DS, ds);
  virtualSegment(SEG_FS, fs);
  virtualSegment(SEG_GS, gs);
  store<u64>(RSP, sp);
  store<u32>(CPL, 3);
  commitIp(offset);
  derive();
}

function virtualSegment(segment: usize, value: u32): void {
  setSegment(segment, value, (value & 0xffff) << 4, 0xffff, 0xf3);
}
