/** RDMSR, WRMSR, RDTSC(P), RDPMC. The core keeps the MSRs that its own behaviour depends on. SDM vol. 4. */
import {
  CR0,
  EFER,
  MSR_CSTAR,
  MSR_FMASK,
  MSR_KERNEL_GS,
  MSR_LSTAR,
  MSR_PAT,
  MSR_STAR,
  MSR_SYSENTER_CS,
  MSR_TSC_AUX,
  RAX,
  RCX,
  RDX,
  SEG_FS,
  SEG_GS,
  SEG_HIDDEN_BASE,
} from '../layout/cpu-state';
import { FEATURE_LM, FEATURE_NX, FEATURE_RDTSCP, FEATURE_SEP, FEATURE_SYSCALL } from '../layout/features';
import { EXCHANGE } from '../layout/run-state';
import { readMsr, tscWritten, writeMsr } from '../host';
import {
  CR0_PG,
  CR4_PCE,
  CR4_TSD,
  EFER_LMA,
  EFER_LME,
  EFER_NXE,
  EFER_SCE,
  VECTOR_UD,
  cpl,
  cr4,
  efer,
  features,
  isProtected,
  isVm86,
} from '../state';
import { raise, raiseGeneral } from '../interrupts/raise';
import { isCanonical } from '../segments/canonical';
import { flushTlb } from '../memory/tlb';
import { deriveSegment } from '../segments/derive';
import { requirePrivilege } from './control';
import { setTimeStamp, timeStamp } from './time-stamp';

const IA32_TSC: u32 = 0x10;
const IA32_SYSENTER_CS: u32 = 0x174;
const IA32_SYSENTER_ESP: u32 = 0x175;
const IA32_SYSENTER_EIP: u32 = 0x176;
const IA32_PAT: u32 = 0x277;
const IA32_EFER: u32 = 0xc0000080;
const IA32_STAR: u32 = 0xc0000081;
const IA32_LSTAR: u32 = 0xc0000082;
const IA32_CSTAR: u32 = 0xc0000083;
const IA32_FMASK: u32 = 0xc0000084;
const IA32_FS_BASE: u32 = 0xc0000100;
const IA32_GS_BASE: u32 = 0xc0000101;
const IA32_KERNEL_GS_BASE: u32 = 0xc0000102;
const IA32_TSC_AUX: u32 = 0xc0000103;

/** State address of an MSR that is plain storage here; 0: not one, or the CPU model lacks it. */
function plainMsr(msr: u32): i32 {
  const has = features();
  if (msr >= IA32_SYSENTER_CS && msr <= IA32_SYSENTER_EIP) {
    if (!(has & FEATURE_SEP)) return 0;
    return MSR_SYSENTER_CS + ((msr - IA32_SYSENTER_CS) << 3);
  }
  if (msr == IA32_PAT) return MSR_PAT;
  if (msr == IA32_TSC_AUX) return has & FEATURE_RDTSCP ? MSR_TSC_AUX : 0;
  if (!(has & FEATURE_LM)) return msr == IA32_STAR && has & FEATURE_SYSCALL ? MSR_STAR : 0;
  if (msr == IA32_STAR) return MSR_STAR;
  if (msr == IA32_LSTAR) return MSR_LSTAR;
  if (msr == IA32_CSTAR) return MSR_CSTAR;
  if (msr == IA32_FMASK) return MSR_FMASK;
  if (msr == IA32_FS_BASE) return SEG_FS + SEG_HIDDEN_BASE;
  if (msr == IA32_GS_BASE) return SEG_GS + SEG_HIDDEN_BASE;
  return msr == IA32_KERNEL_GS_BASE ? MSR_KERNEL_GS : 0;
}

function result(value: u64): void {
  store<u64>(RAX, value & 0xffffffff);
  store<u64>(RDX, value >> 32);
}

export function rdmsr(): void {
  requirePrivilege();
  const msr = load<u32>(RCX);
  if (msr == IA32_TSC) result(timeStamp());
  else if (msr == IA32_EFER) {
    if (!(features() & (FEATURE_LM | FEATURE_NX | FEATURE_SYSCALL))) raiseGeneral(0);
    result(efer());
  } else {
    const at = plainMsr(msr);
    if (at != 0) result(load<u64>(at));
    else {
      if (!readMsr(<i32>msr)) raiseGeneral(0);
      result(load<u64>(EXCHANGE));
    }
  }
}

function writeEfer(value: u64): void {
  const has = features();
  let allowed: u64 = 0;
  if (has & FEATURE_SYSCALL) allowed |= EFER_SCE;
  if (has & FEATURE_LM) allowed |= EFER_LME;
  if (has & FEATURE_NX) allowed |= EFER_NXE;
  if (value & ~(allowed | EFER_LMA) || allowed == 0) raiseGeneral(0);
  const before = efer();
  if ((value ^ before) & EFER_LME && load<u32>(CR0) & CR0_PG) raiseGeneral(0);
  store<u64>(EFER, (value & allowed) | (before & EFER_LMA));
  if ((value ^ before) & EFER_NXE) flushTlb();
}

/** Each byte of IA32_PAT is one of the memory types 0, 1, 4, 5, 6, 7. */
function isPat(value: u64): bool {
  for (let index: u32 = 0; index < 8; index++) {
    const type = (<u32>(value >> (index << 3))) & 0xff;
    if (type > 7 || type == 2 || type == 3) return false;
  }
  return true;
}

function needsCanonical(msr: u32): bool {
  return (
    msr == IA32_LSTAR ||
    msr == IA32_CSTAR ||
    (msr >= IA32_FS_BASE && msr <= IA32_KERNEL_GS_BASE) ||
    msr == IA32_SYSENTER_ESP ||
    msr == IA32_SYSENTER_EIP
  );
}

export function wrmsr(): void {
  requirePrivilege();
  const msr = load<u32>(RCX);
  const value = (load<u64>(RDX) << 32) | (<u64>load<u32>(RAX));
  if (msr == IA32_TSC) {
    setTimeStamp(value);
    tscWritten();
    return;
  }
  if (msr == IA32_EFER) {
    writeEfer(value);
    return;
  }
  const at = plainMsr(msr);
  if (at == 0) {
    store<u64>(EXCHANGE, value);
    if (!writeMsr(<i32>msr)) raiseGeneral(0);
    return;
  }
  if ((msr == IA32_PAT && !isPat(value)) || (needsCanonical(msr) && !isCanonical(value))) raiseGeneral(0);
  if (msr == IA32_TSC_AUX && value >> 32) raiseGeneral(0);
  store<u64>(at, value);
  if (msr == IA32_FS_BASE) deriveSegment(SEG_FS);
  if (msr == IA32_GS_BASE) deriveSegment(SEG_GS);
}

function requireTsc(): void {
  if (cr4() & CR4_TSD) requirePrivilege();
}

export function rdtsc(): void {
  requireTsc();
  result(timeStamp());
}

export function rdtscp(): void {
  if (!(features() & FEATURE_RDTSCP)) raise(VECTOR_UD);
  requireTsc();
  result(timeStamp());
  store<u64>(RCX, load<u64>(MSR_TSC_AUX) & 0xffffffff);
}

/** No performance counter exists: #GP(0) for every index. */
export function rdpmc(): void {
  if (!(cr4() & CR4_PCE) && (isVm86() || (isProtected() && cpl() != 0))) raiseGeneral(0);
  raiseGeneral(0);
}
