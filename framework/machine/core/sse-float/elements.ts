/** Elements of vectors, to and from unpacked numbers, and the result of the instruction under way. */
import { R, packed32, packed64, unpack32, unpack64 } from '../float/number';
import { applyDenormalsAreZero } from './mxcsr';

/** Prefix of an instruction: which and how many elements. */
const PACKED_DOUBLE: u32 = 1;
const SCALAR_SINGLE: u32 = 2;
const SCALAR_DOUBLE: u32 = 3;

export const VECTOR_BYTES: u32 = 16;
/** The result gathers here and goes to its register when no exception stands in the way. */
export const RESULT: usize = memory.data(16, 16);

export function isDouble(prefix: u32): bool {
  return prefix == PACKED_DOUBLE || prefix == SCALAR_DOUBLE;
}

export function elementBytes(double: bool): u32 {
  return double ? 8 : 4;
}

/** Bytes of the result: all, or those of the lowest element. */
export function resultBytes(prefix: u32): u32 {
  return prefix < SCALAR_SINGLE ? VECTOR_BYTES : elementBytes(isDouble(prefix));
}

export function unpackElement(at: usize, address: usize, double: bool): void {
  if (double) unpack64(at, load<u64>(address));
  else unpack32(at, load<u32>(address));
  applyDenormalsAreZero(at);
}

/** R as an element. */
export function packElement(address: usize, double: bool): void {
  if (double) store<u64>(address, packed64());
  else store<u32>(address, packed32());
}

/** An element as it is, but with DAZ a denormal as zero. */
export function copyElement(to: usize, from: usize, double: bool, zeroDenormals: bool): void {
  if (double) {
    const bits = load<u64>(from);
    store<u64>(to, zeroDenormals && !(bits & 0x7ff0000000000000) ? bits & 0x8000000000000000 : bits);
  } else {
    const bits = load<u32>(from);
    store<u32>(to, zeroDenormals && !(bits & 0x7f800000) ? bits & 0x80000000 : bits);
  }
}

/** Writes a result of `bytes` bytes. */
export function deliver(to: usize, bytes: u32): void {
  memory.copy(to, RESULT, bytes);
}
