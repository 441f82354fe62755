/** Canonical addresses: bits 63-47 all equal. SDM vol. 1, 3.3.7.1. */
import { CURRENT_OP, OP_SEG, RBP, RSP, SEG_SS } from '../layout';
import { VECTOR_GP, VECTOR_SS } from '../state';
import { raiseCode } from '../interrupts/raise';

export function isCanonical(linear: u64): bool {
  return (<i64>(linear << 16)) >> 16 == <i64>linear;
}

/** How far from RSP (or RBP, for ENTER and LEAVE) an instruction reaches that names no address. */
const REACH: u64 = 0x10100;

function isNear(linear: u64, register: usize): bool {
  return linear - load<u64>(register) + REACH < 2 * REACH;
}

/**
 * A non-canonical linear address reached the slow path: #SS(0) when the instruction's segment is SS, which it also is for the
 * accesses of PUSH, RET and the like. SS has no base in 64-bit mode, so those are about RSP.
 */
export function raiseNonCanonical(linear: u64): void {
  const op = load<u32>(CURRENT_OP);
  const named = op != 0 && <u32>load<u16>(op, OP_SEG) == SEG_SS;
  raiseCode(named || isNear(linear, RSP) || isNear(linear, RBP) ? VECTOR_SS : VECTOR_GP, 0);
}
