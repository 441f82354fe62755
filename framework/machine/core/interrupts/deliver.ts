/** Delivery of exceptions and interrupts: IVT, IDT gates, long-mode gates. SDM vol. 3, 6.8 to 6.14; vol. 2, INT n. */
import {
  ACTIVITY,
  ACTIVITY_RUNNING,
  ACTIVITY_SHUTDOWN,
  CPL,
  CR2,
  CURRENT_OP,
  DEBUG_PENDING,
  DELIVERING,
  DR,
  EFLAGS,
  EXCHANGE,
  EXTERNAL,
  FAULT_CHAIN,
  FAULT_CODE,
  FAULT_CR2,
  FAULT_ENTRY,
  FAULT_VECTOR,
  IDTR_BASE,
  IDTR_LIMIT,
  INTERRUPT_TRACE,
  IP,
  LAST_FAR_CS,
  LAST_FAR_IP,
  REMAINING,
  RF_ARMED,
  RSP,
  SEG_CS,
  SEG_DS,
  SEG_ES,
  SEG_FS,
  SEG_GS,
  SEG_SCRATCH,
  SEG_SS,
  SHADOW,
  STEP_ARMED,
} from '../layout';
import { exception, softwareInterrupt } from '../host';
import {
  CR4_VME,
  FLAG_AC,
  FLAG_IF,
  FLAG_IOPL,
  FLAG_NT,
  FLAG_OF,
  FLAG_RF,
  FLAG_TF,
  FLAG_VIF,
  FLAG_VM,
  VECTOR_BP,
  VECTOR_DB,
  VECTOR_GP,
  VECTOR_NP,
  VECTOR_OF,
  VECTOR_PF,
  VECTOR_SS,
  VECTOR_TS,
  attributes,
  commitIp,
  cpl,
  cr4,
  currentIp,
  eflags,
  iopl,
  ip,
  isLong,
  isProtected,
  isVm86,
  nextIp,
  selector,
  trueRemaining,
  unretired,
} from '../state';
import { recheck, unpatch } from '../blocks/force';
import { codeLinear } from '../blocks/lookup';
import { isCanonical, readAny } from '../memory/access';
import { systemRead } from '../memory/system';
import { ATTR_CODE, ATTR_DB, ATTR_DOWN, ATTR_L, ATTR_PRESENT, ATTR_S, derive, deriveSegment } from '../segments/derive';
import {
  TYPE_INT16,
  TYPE_INT32,
  TYPE_TASK_GATE,
  TYPE_TRAP16,
  TYPE_TRAP32,
  dplOf,
  markAccessed,
  packRights,
  readDescriptor,
  setSegment,
  setSegmentFrom,
} from '../segments/descriptor';
import { loadRealSegment, loadStackSegment } from '../segments/load';
import { checkPushes, commitFrame, frameHere, frameOn, framePointer, push } from '../segments/stack';
import { getFlags } from '../system/flags';
import { SWITCH_CALL, switchTask } from '../transfers/task';
import { innerStackPointer, innerStackSelector, longStackPointer, tssRead } from '../transfers/tss';
import { DELIVERING_INTERRUPT, TRIPLE_FAULT, raiseCode } from './raise';

/** After how many deliveries in a row without a retired instruction each of them costs one. */
const FREE_DELIVERIES: u32 = 8;

/** Handlers that fault at their first instruction would never end: such deliveries cost instructions in the end. */
export function noteDelivery(): void {
  const linear = codeLinear(ip());
  if (linear != load<u64>(FAULT_ENTRY)) {
    store<u32>(FAULT_CHAIN, 0);
    return;
  }
  const chain = load<u32>(FAULT_CHAIN) + 1;
  store<u32>(FAULT_CHAIN, chain);
  if (chain > FREE_DELIVERIES && trueRemaining() > 0) store<i32>(REMAINING, load<i32>(REMAINING) - 1);
}

/** A gate's index as error code: selector index of the IDT, IDT bit set (EXT is added by raise). */
function gateCode(vector: i32): i32 {
  return (vector << 3) | 2;
}

function leaveFrom(address: u64): void {
  store<u32>(LAST_FAR_CS, selector(SEG_CS));
  store<u64>(LAST_FAR_IP, address);
}

function flagsAfter(keepIf: bool): void {
  const clear = FLAG_TF | FLAG_NT | FLAG_RF | FLAG_VM | (keepIf ? 0 : FLAG_IF);
  store<u32>(EFLAGS, eflags() & ~clear);
}

/**
 * Delivers `vector` between instructions: IP is the address to push. `code` -1: none. `software`: INT n, INT3, INTO.
 * Whoever calls has set DELIVERING and EXTERNAL.
 */
export function deliver(vector: i32, code: i32, software: bool): void {
  deliverAt(vector, code, software, ip());
  store<u64>(FAULT_ENTRY, codeLinear(ip()));
  store<i32>(DELIVERING, -1);
  store<u32>(EXTERNAL, 0);
  recheck();
}

function deliverAt(vector: i32, code: i32, software: bool, from: u64): void {
  let image = <u32>getFlags();
  if (!software && load<i32>(DELIVERING) < DELIVERING_INTERRUPT && vector != VECTOR_DB) image |= FLAG_RF;
  if (isLong()) deliverLong(vector, code, software, from, image);
  else if (isProtected() || isVm86()) deliverProtected(vector, code, software, from, image);
  else deliverReal(vector, from, image);
}

function deliverReal(vector: i32, from: u64, image: u32): void {
  const at = (<u32>vector) << 2;
  if (at + 3 > load<u32>(IDTR_LIMIT)) raiseCode(VECTOR_GP, gateCode(vector));
  const target = <u32>systemRead(load<u64>(IDTR_BASE) + at, 4);
  frameHere();
  checkPushes(3, 2);
  push(2, image & 0xffff);
  push(2, selector(SEG_CS));
  push(2, from & 0xffff);
  commitFrame(false);
  leaveFrom(from);
  store<u32>(EFLAGS, eflags() & ~(FLAG_IF | FLAG_TF | FLAG_AC | FLAG_RF));
  loadRealSegment(SEG_CS, target >>> 16);
  commitIp(target & 0xffff);
  derive();
}

function deliverProtected(vector: i32, code: i32, software: bool, from: u64, image: u32): void {
  const at = (<u32>vector) << 3;
  if (at + 7 > load<u32>(IDTR_LIMIT)) raiseCode(VECTOR_GP, gateCode(vector));
  const gate = systemRead(load<u64>(IDTR_BASE) + at, 8);
  const rights = (<u32>(gate >> 40)) & 0xff;
  const type = rights & 0x1f;
  if (type != TYPE_TASK_GATE && type != TYPE_INT16 && type != TYPE_TRAP16 && type != TYPE_INT32 && type != TYPE_TRAP32) {
    raiseCode(VECTOR_GP, gateCode(vector));
  }
  if (software && dplOf(rights) < cpl()) raiseCode(VECTOR_GP, gateCode(vector));
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, gateCode(vector));
  const target = (<u32>(gate >> 16)) & 0xffff;
  if (type == TYPE_TASK_GATE) {
    switchTask(target, SWITCH_CALL, from, code, true);
    return;
  }
  const wide = type >= TYPE_INT32;
  const offset = wide ? ((<u32>gate) & 0xffff) | ((<u32>(gate >> 32)) & 0xffff0000) : (<u32>gate) & 0xffff;
  if (!(target & 0xfffc)) raiseCode(VECTOR_GP, 0);
  const descriptor = readDescriptor(target, VECTOR_GP);
  const codeRights = packRights(descriptor);
  const level = dplOf(codeRights);
  const selectorCode = <i32>(target & 0xfffc);
  if ((codeRights & (ATTR_S | ATTR_CODE)) != (ATTR_S | ATTR_CODE) || level > cpl()) raiseCode(VECTOR_GP, selectorCode);
  if (!(codeRights & ATTR_PRESENT)) raiseCode(VECTOR_NP, selectorCode);
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

/** 64-bit gates: always a 64-bit frame with SS:RSP, aligned to 16. SDM vol. 3, 6.14. */
function deliverLong(vector: i32, code: i32, software: bool, from: u64, image: u32): void {
  const at = (<u32>vector) << 4;
  if (at + 15 > load<u32>(IDTR_LIMIT)) raiseCode(VECTOR_GP, gateCode(vector));
  const gate = systemRead(load<u64>(IDTR_BASE) + at, 8);
  const high = systemRead(load<u64>(IDTR_BASE) + at + 8, 8);
  const rights = (<u32>(gate >> 40)) & 0xff;
  const type = rights & 0x1f;
  if (type != TYPE_INT32 && type != TYPE_TRAP32) raiseCode(VECTOR_GP, gateCode(vector));
  if (software && dplOf(rights) < cpl()) raiseCode(VECTOR_GP, gateCode(vector));
  if (!(rights & ATTR_PRESENT)) raiseCode(VECTOR_NP, gateCode(vector));
  const target = (<u32>(gate >> 16)) & 0xffff;
  const selectorCode = <i32>(target & 0xfffc);
  if (selectorCode == 0) raiseCode(VECTOR_GP, 0);
  const descriptor = readDescriptor(target, VECTOR_GP);
  const codeRights = packRights(descriptor);
  const conforming = (codeRights & ATTR_DOWN) != 0;
  const descriptorLevel = dplOf(codeRights);
  if ((codeRights & (ATTR_S | ATTR_CODE)) != (ATTR_S | ATTR_CODE) || descriptorLevel > cpl()) raiseCode(VECTOR_GP, selectorCode);
  if (!(codeRights & ATTR_L) || codeRights & ATTR_DB) raiseCode(VECTOR_GP, selectorCode);
  if (!(codeRights & ATTR_PRESENT)) raiseCode(VECTOR_NP, selectorCode);
  const offset = (gate & 0xffff) | ((gate >> 32) & 0xffff0000) | (high << 32);
  const level = conforming ? cpl() : descriptorLevel;
  const ist = (<u32>(gate >> 32)) & 7;
  let sp = load<u64>(RSP);
  if (ist != 0) sp = longStackPointer(ist + 3);
  else if (level < cpl()) sp = longStackPointer(level);
  if (!isCanonical(sp - 1)) raiseCode(VECTOR_SS, 0);
  if (!isCanonical(offset)) raiseCode(VECTOR_GP, 0);
  frameOn(SEG_SS, sp & ~(<u64>15), ~(<u64>0), level, true);
  checkPushes(code >= 0 ? 6 : 5, 8);
  markAccessed(target, descriptor);
  push(8, selector(SEG_SS));
  push(8, load<u64>(RSP));
  push(8, image);
  push(8, selector(SEG_CS));
  push(8, from);
  if (code >= 0) push(8, <u64>code);
  leaveFrom(from);
  store<u64>(RSP, framePointer());
  if (level < cpl()) setSegment(SEG_SS, level, 0, 0, level << 5);
  setSegmentFrom(SEG_CS, (target & ~3) | level, descriptor);
  store<u32>(CPL, level);
  flagsAfter((type & 1) != 0);
  commitIp(offset);
  derive();
}

/** Delivers what raise recorded. Called by the host after it has caught the unwinding; may raise again. */
export function deliverFault(): void {
  unpatch();
  store<i32>(REMAINING, load<i32>(REMAINING) + unretired());
  store<u64>(IP, currentIp());
  store<u32>(CURRENT_OP, 0);
  const vector = load<i32>(FAULT_VECTOR);
  // Real mode has no error codes.
  const code = isLong() || isProtected() || isVm86() ? load<i32>(FAULT_CODE) : -1;
  store<i32>(FAULT_VECTOR, -1);
  store<u32>(STEP_ARMED, 0);
  store<u32>(RF_ARMED, 0);
  store<u32>(SHADOW, 0);
  store<u32>(DEBUG_PENDING, 0);
  if (vector == TRIPLE_FAULT) {
    store<i32>(DELIVERING, -1);
    store<u32>(EXTERNAL, 0);
    store<u32>(ACTIVITY, ACTIVITY_SHUTDOWN);
    recheck();
    return;
  }
  if (vector == VECTOR_PF) store<u64>(CR2, load<u64>(FAULT_CR2));
  if (vector == VECTOR_DB) store<u32>(DR + 7 * 8, load<u32>(DR + 7 * 8) & ~0x2000);
  store<u64>(EXCHANGE, load<u64>(CR2));
  store<u32>(ACTIVITY, ACTIVITY_RUNNING);
  noteDelivery();
  store<i32>(DELIVERING, vector);
  store<u32>(EXTERNAL, 1);
  exception(vector, code);
  deliver(vector, code, false);
}

/** INT n, INT3, INTO and INT1 after their own checks: as instructions they have retired when the handler is entered. */
function deliverSoftware(vector: i32, privileged: bool): void {
  if (load<u32>(INTERRUPT_TRACE)) softwareInterrupt(vector);
  store<i32>(DELIVERING, DELIVERING_INTERRUPT);
  store<u32>(EXTERNAL, privileged ? 1 : 0);
  const from = nextIp();
  deliverAt(vector, -1, !privileged, from);
  store<u64>(FAULT_ENTRY, ~(<u64>0));
  store<i32>(DELIVERING, -1);
  store<u32>(EXTERNAL, 0);
  store<u32>(STEP_ARMED, 0);
  recheck();
}

/** INT n. In VM86: by the redirection map when CR4.VME, else #GP(0) with IOPL below 3. */
export function softInterrupt(vector: i32): void {
  if (isVm86()) {
    if (cr4() & CR4_VME && isRedirected((<u32>vector) & 0xff)) {
      redirect((<u32>vector) & 0xff);
      return;
    }
    if (iopl() < 3) raiseCode(VECTOR_GP, 0);
  }
  deliverSoftware(vector & 0xff, false);
}

/** The interrupt redirection bitmap: the 32 bytes below the I/O map of the TSS; a 0 bit keeps INT n in VM86. SDM vol. 3, 20.3.3. */
function isRedirected(vector: u32): bool {
  const at = <u32>tssRead(0x66, 2) - 32 + (vector >>> 3);
  return !((tssRead(at, 1) >> (vector & 7)) & 1);
}

/** INT n to the program's own vector table at linear 0; with IOPL below 3, VIF stands in for IF. */
function redirect(vector: u32): void {
  const target = <u32>readAny(vector << 2, 4);
  const virtualFlag = iopl() < 3;
  const from = nextIp();
  let image = (<u32>getFlags()) & 0xffff;
  if (virtualFlag) image = (image & ~FLAG_IF) | FLAG_IOPL | ((eflags() & FLAG_VIF) >>> 10);
  frameHere();
  checkPushes(3, 2);
  push(2, image);
  push(2, selector(SEG_CS));
  push(2, from & 0xffff);
  commitFrame(false);
  leaveFrom(from);
  store<u32>(EFLAGS, eflags() & ~(FLAG_TF | FLAG_NT | (virtualFlag ? FLAG_VIF : FLAG_IF)));
  loadRealSegment(SEG_CS, target >>> 16);
  commitIp(target & 0xffff);
  derive();
}

export function int3(): void {
  deliverSoftware(VECTOR_BP, false);
}

export function into(): void {
  if ((<u32>getFlags()) & FLAG_OF) deliverSoftware(VECTOR_OF, false);
}

/** INT1 (F1): #DB without the privilege check of INT n. */
export function int1(): void {
  deliverSoftware(VECTOR_DB, true);
}
