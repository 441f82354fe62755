/** Registers and memory operands of the x87, to and from unpacked numbers. Stores are checked before anything changes. */
import { probeAlignedWrite, readAny, writeAny } from '../memory/access';
import { segmentLinear } from '../segments/linear';
import { packedSignExponent, packedSignificand, unpack80 } from '../float/number';
import { setRegister, signExponentOf, significandOf } from './state';

/** ST(index) into a number. */
export function unpackRegister(at: usize, index: u32): void {
  unpack80(at, signExponentOf(index), significandOf(index));
}

/** The result into ST(index). */
export function packRegister(index: u32): void {
  setRegister(index, packedSignExponent(), packedSignificand());
}

export function readOperand(segment: i32, ea: i64, size: u32): u64 {
  return readAny(<u64>segmentLinear(segment, ea, <i32>size, 0), size);
}

/** Linear address of an operand of any size that may be written. */
export function destination(segment: i32, ea: i64, size: u32): u64 {
  return destinationOf(segment, ea, size, size == 10 ? 8 : size);
}

/** The same for an operand of fields of `unit` bytes. */
export function destinationOf(segment: i32, ea: i64, size: u32, unit: u32): u64 {
  const linear = segmentLinear(segment, ea, <i32>size, 1);
  probeAlignedWrite(linear, <i32>size, <i32>unit);
  return <u64>linear;
}

/** Sign and exponent of the last `readExtended`, which gives the significand. */
export let readSignExponent: u32 = 0;

export function readExtended(segment: i32, ea: i64): u64 {
  const linear = <u64>segmentLinear(segment, ea, 10, 0);
  const significand = readAny(linear, 8);
  readSignExponent = <u32>readAny(linear + 8, 2);
  return significand;
}

export function writeExtended(linear: u64, signExponent: u32, significand: u64): void {
  writeAny(linear, 8, significand);
  writeAny(linear + 8, 2, signExponent);
}
