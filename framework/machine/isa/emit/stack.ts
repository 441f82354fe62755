import { SEG_SS, SP_MASK } from '../../core/layout/cpu-state';
import type { Access, Size } from './access';
import { RSP } from './access';
import type { Expr } from './expression';
import { add, and, c32, c64, xor } from './expression';

export const STACK_SEGMENT: Expr = c32(SEG_SS);

/** RSP plus `delta`, at the stack's width (i64). */
export function stackAddress(m: Access, delta: number): Expr {
  return m.keep(and(add(m.gpr(RSP, 64), c64(delta)), m.state('i64', SP_MASK)));
}

/** RSP with its stack-width part replaced by `pointer`. */
export function stackPointer(m: Access, pointer: Expr): Expr {
  const rsp = m.gpr(RSP, 64);
  return xor(rsp, and(xor(rsp, pointer), m.state('i64', SP_MASK)));
}

/** Stores below the stack top, then moves RSP. */
export function push(m: Access, size: Size, value: Expr): void {
  const pointer = stackAddress(m, -(size / 8));
  m.store(STACK_SEGMENT, pointer, size, value);
  m.setGpr(RSP, 64, stackPointer(m, pointer));
}

/** Value at the stack top plus `offset` bytes; RSP stays. */
export function peek(m: Access, size: Size, offset = 0): Expr {
  return m.load(STACK_SEGMENT, stackAddress(m, offset), size);
}

/** Moves RSP by `bytes`. */
export function adjustStack(m: Access, bytes: Expr): void {
  const rsp = m.gpr(RSP, 64);
  m.setGpr(RSP, 64, stackPointer(m, add(rsp, bytes)));
}
