/** What gates and interrupts read from the task state segment: inner stacks. */
import { SEG_HIDDEN_BASE, SEG_LIMIT, SEG_TR } from '../layout/cpu-state';
import { VECTOR_TS, attributes, selector } from '../state';
import { raiseCode } from '../interrupts/raise';
import { systemRead } from '../memory/system';

function isWide(): bool {
  return (attributes(SEG_TR) & 8) != 0;
}

/** `size` bytes at `offset` of the current TSS; beyond its limit: #TS(TR). */
export function tssRead(offset: u32, size: u32): u64 {
  if (offset + size - 1 > load<u32>(SEG_TR, SEG_LIMIT)) raiseCode(VECTOR_TS, <i32>(selector(SEG_TR) & 0xfffc));
  return systemRead(load<u64>(SEG_TR, SEG_HIDDEN_BASE) + offset, size);
}

export function innerStackSelector(level: u32): u32 {
  return isWide() ? <u32>tssRead(8 + level * 8, 2) : <u32>tssRead(4 + level * 4, 2);
}

export function innerStackPointer(level: u32): u64 {
  return isWide() ? tssRead(4 + level * 8, 4) : tssRead(2 + level * 4, 2);
}

/** 64-bit TSS: index 0-2 RSP0-2, 4-10 IST1-7. */
export function longStackPointer(index: u32): u64 {
  return tssRead(4 + index * 8, 8);
}
