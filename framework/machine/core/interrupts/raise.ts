/** Raising exceptions. Nothing after a call of these runs: the host unwinds to `Core.run`, which calls `deliverFault`. */
import { DELIVERING, EXTERNAL, FAULT_CODE, FAULT_VECTOR, TLB_BASE } from '../layout/cpu-state';
import { unwind } from '../host';
import { VECTOR_DE, VECTOR_DF, VECTOR_GP, VECTOR_NP, VECTOR_PF, VECTOR_SS, VECTOR_TS } from '../state';
import { setImplicit } from '../memory/walk';
import { restoreTable } from '../segments/derive';

/** FAULT_VECTOR of a triple fault. */
export const TRIPLE_FAULT: i32 = -2;
/** FAULT_VECTOR of an instruction that waits for an interrupt and then starts again. */
export const STALLED: i32 = -3;
/** DELIVERING of an interrupt: nothing that happens meanwhile makes a double fault. */
export const DELIVERING_INTERRUPT: i32 = 0x100;

function isContributory(vector: i32): bool {
  return vector == VECTOR_DE || (vector >= VECTOR_TS && vector <= VECTOR_GP);
}

/** SDM vol. 3, table 6-5. */
function combine(first: i32, second: i32): i32 {
  if (first < 0 || first >= DELIVERING_INTERRUPT) return second;
  if (first == VECTOR_DF) return isContributory(second) || second == VECTOR_PF ? TRIPLE_FAULT : second;
  if (first == VECTOR_PF) return isContributory(second) || second == VECTOR_PF ? VECTOR_DF : second;
  return isContributory(first) && isContributory(second) ? VECTOR_DF : second;
}

function record(vector: i32, code: i32): void {
  setImplicit(false);
  restoreTable();
  const combined = combine(load<i32>(DELIVERING), vector);
  if (combined == vector) {
    if (
      load<i32>(DELIVERING) >= 0 &&
      load<u32>(EXTERNAL) &&
      (vector == VECTOR_GP || vector == VECTOR_NP || vector == VECTOR_SS || vector == VECTOR_TS)
    ) {
      code |= 1;
    }
  } else code = 0;
  store<i32>(FAULT_VECTOR, combined);
  store<i32>(FAULT_CODE, code);
  unwind();
}

/** An exception without error code. */
export function raise(vector: i32): void {
  record(vector, -1);
}

/** An exception with error code. */
export function raiseCode(vector: i32, code: i32): void {
  record(vector, code);
}

export function raiseGeneral(code: i32): void {
  record(VECTOR_GP, code);
}

export function raiseStack(code: i32): void {
  record(VECTOR_SS, code);
}

export function raiseDivide(): void {
  record(VECTOR_DE, -1);
}

/** Used by accesses for another level: TLB_BASE by the level given. */
export function useTable(table: u32): void {
  store<u32>(TLB_BASE, table);
}
