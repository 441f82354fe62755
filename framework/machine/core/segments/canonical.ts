/** Canonical addresses: bits 63-47 all equal. SDM vol. 1, 3.3.7.1. */
import { CURRENT_OP, OP_SEG, SEG_SS } from '../layout';
import { VECTOR_GP, VECTOR_SS } from '../state';
import { raiseCode } from '../interrupts/raise';

export function isCanonical(linear: u64): bool {
  return (<i64>(linear << 16)) >> 16 == <i64>linear;
}

/** A non-canonical linear address reached the slow path: #SS(0) when the instruction's segment is SS. */
export function raiseNonCanonical(): void {
  const op = load<u32>(CURRENT_OP);
  raiseCode(op != 0 && <u32>load<u16>(op, OP_SEG) == SEG_SS ? VECTOR_SS : VECTOR_GP, 0);
}
