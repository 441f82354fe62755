/** MXCSR: rounding, DAZ, FTZ, sticky flags, and #XM. SDM vol. 1, 10.2.3 and 11.5. */
import { MXCSR } from '../layout/fpu-state';
import { CR4_OSXMMEXCPT, VECTOR_UD, VECTOR_XM, cr4 } from '../state';
import { setNanRule } from '../float/arithmetic';
import { CLASS_ZERO, DENORMAL, DENORMAL_OPERAND, INVALID, SIGN, ZERO_DIVIDE, begin, flushTiny, raised, setNumber } from '../float/number';
import { raise } from '../interrupts/raise';

const FLAGS: u32 = 0x3f;
const DENORMALS_ARE_ZERO: u32 = 0x40;
const MASK_SHIFT: u32 = 7;
const ROUNDING_SHIFT: u32 = 13;
const FLUSH_TO_ZERO: u32 = 0x8000;
/** Exceptions that are found before there is a result. */
const BEFORE_RESULT: u32 = INVALID | DENORMAL_OPERAND | ZERO_DIVIDE;

let gathered: u32 = 0;

export function vectorRounding(): u32 {
  return (load<u32>(MXCSR) >> ROUNDING_SHIFT) & 3;
}

export function denormalsAreZero(): bool {
  return (load<u32>(MXCSR) & DENORMALS_ARE_ZERO) != 0;
}

/** Starts an instruction. */
export function beginVector(): void {
  gathered = 0;
  setNanRule(true);
}

/** Starts an operation on an element whose result has single or double precision. */
export function beginElement(double: bool): void {
  const control = load<u32>(MXCSR);
  const unmasked = ~(control >> MASK_SHIFT) & FLAGS;
  if (double) begin(vectorRounding(), 53, -1022, 1023, unmasked);
  else begin(vectorRounding(), 24, -126, 127, unmasked);
  flushTiny((control & FLUSH_TO_ZERO) != 0);
}

/** What the operation raised, but `ignored`, counts for the instruction. */
export function gather(ignored: u32): void {
  gathered |= raised & FLAGS & ~ignored;
}

/** With DAZ, a number that was encoded as a denormal is a zero. */
export function applyDenormalsAreZero(at: usize): void {
  if (load<u32>(at, DENORMAL) && denormalsAreZero()) setNumber(at, CLASS_ZERO, load<u32>(at, SIGN), 0, 0, 0);
}

/**
 * The flags of all elements into MXCSR; #XM when one is not masked, #UD when the OS has not said that it handles it. An unmasked
 * exception that comes before the result leaves no other trace than its kind.
 */
export function settle(): void {
  const control = load<u32>(MXCSR);
  const unmasked = gathered & ~(control >> MASK_SHIFT);
  const flags = unmasked & BEFORE_RESULT ? gathered & BEFORE_RESULT : gathered;
  store<u32>(MXCSR, control | flags);
  if (unmasked) raise(cr4() & CR4_OSXMMEXCPT ? VECTOR_XM : VECTOR_UD);
}
