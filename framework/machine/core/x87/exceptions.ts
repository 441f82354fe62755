/** x87 exceptions: flags, masks, the summary bits, #MF and FERR#. SDM vol. 1, 8.4 to 8.7. */
import { FAULT_VECTOR } from '../layout/cpu-state';
import { FPU_FERR, FPU_OPCODE, FPU_STATUS, IGNNE } from '../layout/fpu-state';
import { floatError, unwind } from '../host';
import { CR0_NE, VECTOR_MF, cr0 } from '../state';
import { STALLED, raise } from '../interrupts/raise';
import { DENORMAL_OPERAND, INVALID, OVERFLOW, UNDERFLOW, ZERO_DIVIDE, begin, raised } from '../float/number';
import { setNanRule } from '../float/arithmetic';
import { C1, control } from './state';

export const STACK_FAULT: u32 = 0x40;
const SUMMARY: u32 = 0x80;
const BUSY: u32 = 0x8000;
const EXCEPTIONS: u32 = 0x3f;
const CLEARABLE: u32 = EXCEPTIONS | STACK_FAULT | SUMMARY | BUSY;
/** Exceptions that are found before there is a result. */
const BEFORE_RESULT: u32 = INVALID | DENORMAL_OPERAND | ZERO_DIVIDE;

/** Opcode of the instruction under way; FOP keeps that of the last one with an unmasked exception. */
let opcodeUnderWay: u32 = 0;

export function setOpcode(code: u32): void {
  opcodeUnderWay = code;
}

/** FERR# follows ES while CR0.NE is 0. */
function driveError(): void {
  const level: u32 = load<u32>(FPU_STATUS) & SUMMARY && !(cr0() & CR0_NE) ? 1 : 0;
  if (level == load<u32>(FPU_FERR)) return;
  store<u32>(FPU_FERR, level);
  floatError(<i32>level);
}

/** ES and B after a change of flags or masks. */
export function refreshSummary(): void {
  let status = load<u32>(FPU_STATUS) & ~(SUMMARY | BUSY);
  if (status & ~control() & EXCEPTIONS) status |= SUMMARY | BUSY;
  store<u32>(FPU_STATUS, status);
  driveError();
}

export function clearExceptions(): void {
  store<u32>(FPU_STATUS, load<u32>(FPU_STATUS) & ~CLEARABLE);
  driveError();
}

/** Sets exception flags, SF and C1; gives the exceptions that are not masked. */
export function signal(bits: u32): u32 {
  const unmasked = bits & EXCEPTIONS & ~control();
  let status = (load<u32>(FPU_STATUS) & ~C1) | bits;
  if (unmasked) status |= SUMMARY | BUSY;
  store<u32>(FPU_STATUS, status);
  if (unmasked) {
    store<u32>(FPU_OPCODE, opcodeUnderWay);
    driveError();
  }
  return unmasked;
}

/**
 * Before an instruction that waits: an exception that is pending is #MF, or with CR0.NE = 0 stops the processor until an interrupt
 * comes, unless IGNNE# is asserted.
 */
export function checkPending(): void {
  if (!(load<u32>(FPU_STATUS) & SUMMARY)) return;
  driveError();
  if (cr0() & CR0_NE) raise(VECTOR_MF);
  if (load<u32>(IGNNE)) return;
  store<i32>(FAULT_VECTOR, STALLED);
  unwind();
}

/** false: unmasked, the instruction does nothing. */
export function stackUnderflow(): bool {
  return !(signal(INVALID | STACK_FAULT) & INVALID);
}

export function stackOverflow(): bool {
  return !(signal(INVALID | STACK_FAULT | C1) & INVALID);
}

export function roundingMode(): u32 {
  return (control() >> 10) & 3;
}

/** Starts an operation whose result is in extended format, rounded to 64 bits. */
export function beginExtended(): void {
  setNanRule(false);
  begin(roundingMode(), 64, -16382, 16383, ~control() & (OVERFLOW | UNDERFLOW));
}

/** The same, rounded as the precision control says. */
export function beginArithmetic(): void {
  const precision = (control() >> 8) & 3;
  setNanRule(false);
  begin(roundingMode(), precision == 0 ? 24 : precision == 2 ? 53 : 64, -16382, 16383, ~control() & (OVERFLOW | UNDERFLOW));
}

/** Takes what the operation raised. true: its result is to be stored. */
export function commit(): bool {
  const early = raised & BEFORE_RESULT & ~control();
  if (early) {
    signal(raised & BEFORE_RESULT);
    return false;
  }
  signal(raised);
  return true;
}
