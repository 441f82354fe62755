/**
 * The state save area of system management mode, from SMBASE + 8000h: reads and writes go to the memory that a CPU in SMM sees.
 * Two formats, told apart by the revision identifier: AMD64's (APM vol. 2, table 10-1) for CPUs with long mode, the 32-bit one (SDM
 * vol. 3, table 31-1) for the others. Of the revision's extensions only SMBASE relocation is there, no I/O instruction restart.
 */
import { SMBASE } from '../layout/cpu-state';
import { FEATURE_LM } from '../layout/features';
import { features } from '../state';
import { physicalByte, setPhysicalByte } from '../memory/physical';

const AREA: u64 = 0x8000;
export const REVISION: u64 = 0x7efc;
const RELOCATION: u32 = 0x20000;
const FORMAT_LONG: u32 = 0x64;

/** Whether this CPU's area has AMD64's format. */
export function isLongFormat(): bool {
  return (features() & FEATURE_LM) != 0;
}

export function revision(): u32 {
  return isLongFormat() ? RELOCATION | FORMAT_LONG : RELOCATION;
}

function address(offset: u64): u64 {
  return (<u64>load<u32>(SMBASE) + AREA + offset) & 0xffffffff;
}

export function put(offset: u64, size: u32, value: u64): void {
  for (let index: u32 = 0; index < size; index++) setPhysicalByte(address(offset + index), (<u32>(value >> (index << 3))) & 0xff);
}

export function get(offset: u64, size: u32): u64 {
  let value: u64 = 0;
  for (let index: u32 = 0; index < size; index++) value |= (<u64>physicalByte(address(offset + index))) << (index << 3);
  return value;
}

/** A register that stands in the area as it does in the state: `size` bytes of the eight, the rest 0. */
export function putField(offset: u64, size: u32, field: usize): void {
  put(offset, size, load<u64>(field));
}

export function getField(offset: u64, size: u32, field: usize): void {
  store<u64>(field, get(offset, size));
}
