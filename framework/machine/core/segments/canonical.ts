/** Canonical addresses: bits 63-47 all equal. SDM vol. 1, 3.3.7.1. */
import { SEG_SS } from '../layout/cpu-state';
import { ACCESS_SEGMENT } from '../layout/run-state';
import { VECTOR_GP, VECTOR_SS } from '../state';
import { raiseCode } from '../interrupts/raise';

export function isCanonical(linear: u64): bool {
  return (<i64>(linear << 16)) >> 16 == <i64>linear;
}

/**
 * A non-canonical linear address reached the slow path: #SS(0) when the access is one through SS, be it named, implied by the
 * base register or that of PUSH, RET and the like, else #GP(0).
 */
export function raiseNonCanonical(): void {
  raiseCode(load<u32>(ACCESS_SEGMENT) == SEG_SS ? VECTOR_SS : VECTOR_GP, 0);
}
