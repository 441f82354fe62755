/** INT n, INT3, INTO, INT1. SDM vol. 2; in VM86, vol. 3, 20.3. */
import { DELIVERING, EFLAGS, EXTERNAL, FAULT_ENTRY, SEG_CS, STEP_ARMED } from '../layout/cpu-state';
import { INTERRUPT_TRACE } from '../layout/run-state';
import { softwareInterrupt } from '../host';
import {
  CR4_VME,
  FLAG_IF,
  FLAG_IOPL,
  FLAG_NT,
  FLAG_OF,
  FLAG_TF,
  FLAG_VIF,
  VECTOR_BP,
  VECTOR_DB,
  VECTOR_GP,
  VECTOR_OF,
  commitIp,
  cr4,
  eflags,
  iopl,
  isVm86,
  nextIp,
  selector,
} from '../state';
import { recheck } from '../blocks/force';
import { readAny } from '../memory/access';
import { derive } from '../segments/derive';
import { loadRealSegment } from '../segments/load';
import { checkPushes, commitFrame, frameHere, push } from '../segments/stack';
import { getFlags } from '../system/flags';
import { tssRead } from '../transfers/tss';
import { DELIVERING_INTERRUPT, raiseCode } from './raise';
import { leaveFrom } from './common';
import { deliverAt } from './deliver';

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
