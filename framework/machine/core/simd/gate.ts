/** What comes before MMX and SSE instructions. SDM vol. 3, 2.5, 12.1 and 13.1. */
import { CR0 } from '../layout/cpu-state';
import { FPU_TAGS, FPU_TOP } from '../layout/fpu-state';
import { CR0_EM, CR0_TS, CR4_OSFXSR, VECTOR_NM, VECTOR_UD, cr4 } from '../state';
import { raise } from '../interrupts/raise';
import { checkPending } from '../x87/exceptions';

/** #UD by CR0.EM or without CR4.OSFXSR, #NM by CR0.TS. Generated code comes here when SSE_GATE is not 0. */
export function requireSse(): void {
  if (load<u32>(CR0) & CR0_EM || !(cr4() & CR4_OSFXSR)) raise(VECTOR_UD);
  if (load<u32>(CR0) & CR0_TS) raise(VECTOR_NM);
}

/** #UD by CR0.EM, #NM by CR0.TS, then an x87 exception that is pending. */
export function requireMmx(): void {
  if (load<u32>(CR0) & CR0_EM) raise(VECTOR_UD);
  if (load<u32>(CR0) & CR0_TS) raise(VECTOR_NM);
  checkPending();
}

/** An MMX instruction that got as far as its result: TOP is 0 and every register valid. */
export function enterMmx(): void {
  store<u32>(FPU_TOP, 0);
  store<u32>(FPU_TAGS, 0xff);
}

export function emms(): void {
  requireMmx();
  store<u32>(FPU_TOP, 0);
  store<u32>(FPU_TAGS, 0);
}
