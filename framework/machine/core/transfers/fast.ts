/** SYSENTER/SYSEXIT, SYSCALL/SYSRET of 64-bit mode, SWAPGS. SDM vol. 2. */
import {
  CPL,
  EFLAGS,
  MODE_PROTECTED,
  MSR_FMASK,
  MSR_KERNEL_GS,
  MSR_LSTAR,
  MSR_STAR,
  MSR_SYSENTER_CS,
  MSR_SYSENTER_EIP,
  MSR_SYSENTER_ESP,
  RCX,
  RDX,
  RSP,
  SEG_CS,
  SEG_GS,
  SEG_HIDDEN_BASE,
  SEG_SS,
} from '../layout/cpu-state';
import { FEATURE2_AMD, FEATURE_SEP } from '../layout/features';
import {
  EFER_SCE,
  FLAG_IF,
  FLAG_RF,
  FLAG_VM,
  VECTOR_UD,
  commitIp,
  cpl,
  efer,
  eflags,
  features,
  features2,
  gpr,
  is64,
  isLong,
  isProtected,
  mode,
  nextIp,
  setGpr,
} from '../state';
import { recheck } from '../blocks/force';
import { raise, raiseGeneral } from '../interrupts/raise';
import { isCanonical } from '../segments/canonical';
import { derive, deriveSegment } from '../segments/derive';
import { setSegment } from '../segments/descriptor';
import { ARITHMETIC, POPPABLE, getFlags, setFlags } from '../system/flags';
import { noteFar } from './far';

/** Attributes of the flat segments that these instructions load, DPL 0. */
export const CODE32: u32 = 0xc9b;
export const CODE64: u32 = 0xa9b;
export const DATA32: u32 = 0xc93;

export function flat(segment: usize, selector: u32, rights: u32, level: u32): void {
  setSegment(segment, selector, 0, 0xffffffff, rights | (level << 5));
}

/** AMD's processors do not have them in long mode. */
function requireFastCalls(): void {
  if (!(features() & FEATURE_SEP) || (isLong() && features2() & FEATURE2_AMD)) raise(VECTOR_UD);
}

export function sysenter(): void {
  requireFastCalls();
  if (!(mode() & MODE_PROTECTED)) raiseGeneral(0);
  const selector = load<u32>(MSR_SYSENTER_CS) & 0xfffc;
  if (selector == 0) raiseGeneral(0);
  const long = isLong();
  noteFar();
  store<u32>(EFLAGS, eflags() & ~(FLAG_IF | FLAG_VM | FLAG_RF));
  store<u64>(RSP, long ? load<u64>(MSR_SYSENTER_ESP) : <u64>load<u32>(MSR_SYSENTER_ESP));
  flat(SEG_CS, selector, long ? CODE64 : CODE32, 0);
  flat(SEG_SS, selector + 8, DATA32, 0);
  store<u32>(CPL, 0);
  commitIp(long ? load<u64>(MSR_SYSENTER_EIP) : <u64>load<u32>(MSR_SYSENTER_EIP));
  derive();
}

export function sysexit(size: i32): void {
  requireFastCalls();
  const selector = load<u32>(MSR_SYSENTER_CS) & 0xfffc;
  if (!isProtected() || cpl() != 0 || selector == 0) raiseGeneral(0);
  const wide = size == 8;
  const target = wide ? load<u64>(RDX) : <u64>load<u32>(RDX);
  const sp = wide ? load<u64>(RCX) : <u64>load<u32>(RCX);
  if (wide && (!isCanonical(target) || !isCanonical(sp))) raiseGeneral(0);
  noteFar();
  flat(SEG_CS, (selector + (wide ? 32 : 16)) | 3, wide ? CODE64 : CODE32, 3);
  flat(SEG_SS, (selector + (wide ? 40 : 24)) | 3, DATA32, 3);
  store<u64>(RSP, sp);
  store<u32>(CPL, 3);
  commitIp(target);
  derive();
}

export function syscall(): void {
  if (!(efer() & EFER_SCE)) raise(VECTOR_UD);
  callInLongMode(load<u64>(MSR_LSTAR));
}

/** From 64-bit mode, or as AMD has it from compatibility mode. */
export function callInLongMode(target: u64): void {
  const from = nextIp();
  const image = <u32>getFlags();
  const selector = (<u32>(load<u64>(MSR_STAR) >> 32)) & 0xfffc;
  noteFar();
  setGpr(1, from);
  setGpr(11, image & ~FLAG_RF);
  setFlags(<i32>(image & ~load<u32>(MSR_FMASK)), <i32>(ARITHMETIC | POPPABLE | FLAG_RF));
  store<u32>(EFLAGS, eflags() & ~FLAG_RF);
  flat(SEG_CS, selector, CODE64, 0);
  flat(SEG_SS, selector + 8, DATA32, 0);
  store<u32>(CPL, 0);
  commitIp(target);
  derive();
  recheck();
}

export function sysret(size: i32): void {
  if (!is64() || !(efer() & EFER_SCE)) raise(VECTOR_UD);
  if (cpl() != 0) raiseGeneral(0);
  const wide = size == 8;
  const target = wide ? gpr(1) : gpr(1) & 0xffffffff;
  if (!isCanonical(target)) raiseGeneral(0);
  const selector = <u32>(load<u64>(MSR_STAR) >> 48);
  noteFar();
  setFlags(<i32>(((<u32>gpr(11)) & 0x3c7fd7) | 2), <i32>((ARITHMETIC | POPPABLE) & ~FLAG_RF));
  flat(SEG_CS, (selector + (wide ? 16 : 0)) | 3, wide ? CODE64 : CODE32, 3);
  flat(SEG_SS, (selector + 8) | 3, DATA32, 3);
  store<u32>(CPL, 3);
  commitIp(target);
  derive();
  recheck();
}

export function swapgs(): void {
  if (!is64()) raise(VECTOR_UD);
  if (cpl() != 0) raiseGeneral(0);
  const base = load<u64>(SEG_GS, SEG_HIDDEN_BASE);
  store<u64>(SEG_GS, load<u64>(MSR_KERNEL_GS), SEG_HIDDEN_BASE);
  store<u64>(MSR_KERNEL_GS, base);
  deriveSegment(SEG_GS);
}
