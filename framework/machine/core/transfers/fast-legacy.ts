/** SYSCALL and SYSRET outside 64-bit mode, which AMD's processors have (AMD64 manual vol. 3). */
import { CPL, EFLAGS, MSR_CSTAR, MSR_STAR, RCX, SEG_CS, SEG_SS } from '../layout/cpu-state';
import { EFER_SCE, FLAG_IF, FLAG_RF, FLAG_VM, VECTOR_UD, commitIp, cpl, efer, eflags, isLong, isProtected, nextIp } from '../state';
import { recheck } from '../blocks/force';
import { raise, raiseGeneral } from '../interrupts/raise';
import { derive } from '../segments/derive';
import { noteFar } from './far';
import { CODE32, DATA32, callInLongMode, flat } from './fast';

export function syscallLegacy(): void {
  if (!(efer() & EFER_SCE)) raise(VECTOR_UD);
  if (isLong()) {
    callInLongMode(load<u64>(MSR_CSTAR));
    return;
  }
  const star = load<u64>(MSR_STAR);
  const selector = (<u32>(star >> 32)) & 0xfffc;
  const from = nextIp();
  noteFar();
  store<u64>(RCX, from & 0xffffffff);
  store<u32>(EFLAGS, eflags() & ~(FLAG_IF | FLAG_VM | FLAG_RF));
  flat(SEG_CS, selector, CODE32, 0);
  flat(SEG_SS, selector + 8, DATA32, 0);
  store<u32>(CPL, 0);
  commitIp(star & 0xffffffff);
  derive();
  recheck();
}

export function sysretLegacy(): void {
  if (!(efer() & EFER_SCE)) raise(VECTOR_UD);
  if (!isProtected() || cpl() != 0) raiseGeneral(0);
  const selector = <u32>(load<u64>(MSR_STAR) >> 48);
  const target = <u64>load<u32>(RCX);
  noteFar();
  store<u32>(EFLAGS, eflags() | FLAG_IF);
  flat(SEG_CS, selector | 3, CODE32, 3);
  flat(SEG_SS, (selector + 8) | 3, DATA32, 3);
  store<u32>(CPL, 3);
  commitIp(target);
  derive();
  recheck();
}
