/** EFLAGS as an image, and the instructions on it: PUSHF, POPF, CLI, STI, CLAC, STAC. */
import { EFLAGS, FLAG_AUX, FLAG_RESULT, SHADOW } from '../layout/cpu-state';
import { FEATURE_SMAP } from '../layout/features';
import { FEATURES } from '../layout/run-state';
import {
  CR0_AM,
  CR4_SMAP,
  CR4_PVI,
  CR4_VME,
  FLAG_AC,
  FLAG_AF,
  FLAG_CF,
  FLAG_DF,
  FLAG_ID,
  FLAG_IF,
  FLAG_IOPL,
  FLAG_NT,
  FLAG_OF,
  FLAG_PF,
  FLAG_RF,
  FLAG_SF,
  FLAG_TF,
  FLAG_VIF,
  FLAG_VIP,
  FLAG_VM,
  FLAG_ZF,
  VECTOR_UD,
  cpl,
  cr0,
  cr4,
  eflags,
  iopl,
  isProtected,
  isVm86,
} from '../state';
import { force, recheck } from '../blocks/force';
import { raise, raiseGeneral } from '../interrupts/raise';
import { flushTlb } from '../memory/tlb';
import { dropBytes, checkPushes, commitFrame, frameHere, peek, push } from '../segments/stack';

export const ARITHMETIC: u32 = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF;
const KEPT: u32 = FLAG_TF | FLAG_IF | FLAG_DF | FLAG_IOPL | FLAG_NT | FLAG_RF | FLAG_VM | FLAG_AC | FLAG_VIF | FLAG_VIP | FLAG_ID;
/** What POPF and IRET may set at CPL 0. */
export const POPPABLE: u32 = ARITHMETIC | FLAG_TF | FLAG_IF | FLAG_DF | FLAG_IOPL | FLAG_NT | FLAG_AC | FLAG_ID;

/** The EFLAGS image, bit 1 set, VM and RF as they are. */
export function getFlags(): i32 {
  const result = load<i64>(FLAG_RESULT);
  const aux = load<u32>(FLAG_AUX);
  let image = load<u32>(EFLAGS) | 2;
  image |= aux >>> 31;
  image |= (aux << 1) & FLAG_AF;
  if (result == 0) image |= FLAG_ZF;
  if (((<u32>((<u64>result) >> 63)) ^ aux) & 1) image |= FLAG_SF;
  if ((aux ^ (aux << 1)) & 0x80000000) image |= FLAG_OF;
  const parity = ((<u32>result) ^ (aux >>> 8)) & 0xff;
  if (!(popcnt<u32>(parity) & 1)) image |= FLAG_PF;
  return <i32>image;
}

function storeArithmetic(image: u32): void {
  const zero = (image & FLAG_ZF) != 0;
  const carry = image & FLAG_CF;
  const overflow = (image >>> 11) & 1;
  const parity = (image >>> 2) & 1;
  const delta = parity ^ (zero ? 1 : 0);
  store<i64>(FLAG_RESULT, zero ? 0 : 1);
  store<u32>(FLAG_AUX, (carry << 31) | ((carry ^ overflow) << 30) | (delta << 8) | (((image >>> 4) & 1) << 3) | ((image >>> 7) & 1));
}

/** Writes the flags of `mask` from the image `value`. */
export function setFlags(value: i32, mask: i32): void {
  const image = <u32>value;
  const bits = <u32>mask;
  if (bits & ARITHMETIC) storeArithmetic(bits & ARITHMETIC ? ((<u32>getFlags()) & ~bits) | (image & bits) : image);
  const kept = bits & KEPT;
  if (!kept) return;
  const before = load<u32>(EFLAGS);
  const after = (before & ~kept) | (image & kept) | 2;
  store<u32>(EFLAGS, after);
  if ((before ^ after) & FLAG_AC && (cr4() & CR4_SMAP || cr0() & CR0_AM)) flushTlb();
  if (after & (FLAG_IF | FLAG_TF | FLAG_RF)) recheck();
}

/** PUSHF. In VM86 it needs IOPL 3, or CR4.VME for the 16-bit form (VIF in place of IF). */
export function pushf(size: i32): void {
  let image = (<u32>getFlags()) & ~(FLAG_VM | FLAG_RF);
  if (isVm86() && iopl() < 3) {
    if (size != 2 || !(cr4() & CR4_VME)) raiseGeneral(0);
    image = (image & ~FLAG_IF) | FLAG_IOPL | ((image & FLAG_VIF) >>> 10);
  }
  frameHere();
  checkPushes(1, <u32>size);
  push(<u32>size, image);
  commitFrame(false);
}

/** POPF. SDM vol. 2. */
export function popf(size: i32): void {
  const image = <u32>peek(0, <u32>size);
  let mask = POPPABLE;
  if (size == 2) mask &= 0xffff;
  if (isVm86()) {
    if (iopl() < 3) {
      if (size != 2 || !(cr4() & CR4_VME) || image & FLAG_TF || (image & FLAG_IF && eflags() & FLAG_VIP)) raiseGeneral(0);
      dropBytes(2);
      setFlags(<i32>((image & ~FLAG_IF) | ((image & FLAG_IF) << 10)), <i32>((mask & ~(FLAG_IF | FLAG_IOPL)) | FLAG_VIF));
      return;
    }
    mask &= ~FLAG_IOPL;
  } else if (isProtected()) {
    if (cpl() > 0) mask &= ~FLAG_IOPL;
    if (cpl() > iopl()) mask &= ~FLAG_IF;
  }
  dropBytes(<u64>size);
  setFlags(<i32>image, <i32>mask);
}

/** 0: IF itself; 1: VIF (VME or PVI); raises #GP(0) otherwise. */
function interruptFlagAccess(): u32 {
  if (isVm86()) {
    if (iopl() == 3) return 0;
    if (!(cr4() & CR4_VME)) raiseGeneral(0);
    return 1;
  }
  if (!isProtected() || cpl() <= iopl()) return 0;
  if (cpl() != 3 || !(cr4() & CR4_PVI)) raiseGeneral(0);
  return 1;
}

export function cli(): void {
  const flag = interruptFlagAccess() ? FLAG_VIF : FLAG_IF;
  store<u32>(EFLAGS, eflags() & ~flag);
}

/** STI. Interrupts stay off for one more instruction when IF was 0. */
export function sti(): void {
  if (interruptFlagAccess()) {
    if (eflags() & FLAG_VIP) raiseGeneral(0);
    store<u32>(EFLAGS, eflags() | FLAG_VIF);
    return;
  }
  if (eflags() & FLAG_IF) return;
  store<u32>(EFLAGS, eflags() | FLAG_IF);
  store<u32>(SHADOW, 1);
  force();
}

function accessCheck(on: bool): void {
  if (!(load<u32>(FEATURES) & FEATURE_SMAP) || isVm86() || (isProtected() && cpl() != 0)) raise(VECTOR_UD);
  setFlags(on ? <i32>FLAG_AC : 0, <i32>FLAG_AC);
}

export function clac(): void {
  accessCheck(false);
}

export function stac(): void {
  accessCheck(true);
}
