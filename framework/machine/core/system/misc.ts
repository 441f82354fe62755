/** CPUID, HLT, cache and TLB instructions, VMCALL, and the checks before FPU and SSE instructions. */
import { ACTIVITY, ACTIVITY_HALTED, CR0, RAX, RBX, RCX, RDX, SEG_BASE } from '../layout/cpu-state';
import { EXCHANGE } from '../layout/run-state';
import { cpuid as hostCpuid, readRandom, sensitive, vmcall as hostVmcall } from '../host';
import { CR0_EM, CR0_MP, CR0_TS, VECTOR_NM, VECTOR_UD } from '../state';
import { force } from '../blocks/force';
import { raise } from '../interrupts/raise';
import { flushPage } from '../memory/tlb';
import { isCanonical } from '../segments/canonical';
import { checkPending } from '../x87/exceptions';
import { requirePrivilege } from './control';

const VMX_INVD: i32 = 13;
const VMX_INVLPG: i32 = 14;
const VMX_WBINVD: i32 = 54;

export function cpuid(): void {
  hostCpuid(load<i32>(RAX), load<i32>(RCX));
  store<u64>(RAX, <u64>load<u32>(EXCHANGE));
  store<u64>(RBX, <u64>load<u32>(EXCHANGE, 4));
  store<u64>(RCX, <u64>load<u32>(EXCHANGE, 8));
  store<u64>(RDX, <u64>load<u32>(EXCHANGE, 12));
}

/** RDRAND: 64 bits; the generator never runs dry. */
export function rdrand(): i64 {
  readRandom();
  return load<i64>(EXCHANGE);
}

export function hlt(): void {
  requirePrivilege();
  store<u32>(ACTIVITY, ACTIVITY_HALTED);
  force();
}

/** INVLPG of an address in a segment; no limit check, a non-canonical address is ignored. */
export function invlpg(segment: i32, ea: i64): void {
  requirePrivilege();
  sensitive(VMX_INVLPG);
  const linear = load<u64>(<usize>segment, SEG_BASE) + <u64>ea;
  if (isCanonical(linear)) flushPage(linear);
}

/** `kind` 0 INVD, 1 WBINVD. There are no caches. */
export function invd(kind: i32): void {
  requirePrivilege();
  sensitive(kind == 0 ? VMX_INVD : VMX_WBINVD);
}

export function vmcall(): void {
  if (!hostVmcall()) raise(VECTOR_UD);
}

/** Before an x87 instruction: #NM by CR0.EM or CR0.TS. */
export function requireFpu(): void {
  if (load<u32>(CR0) & (CR0_EM | CR0_TS)) raise(VECTOR_NM);
}

/** FWAIT: #NM when both CR0.MP and CR0.TS are set, else what is pending. */
export function fwait(): void {
  if ((load<u32>(CR0) & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS)) raise(VECTOR_NM);
  checkPending();
}
