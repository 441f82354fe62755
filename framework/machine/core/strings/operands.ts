/** Registers, addresses and steps of a string instruction, read from the op record under way. */
import { OP_ADDRESS_SHIFT, OP_FLAGS, OP_SEG, OP_SIZE_MASK } from '../layout/blocks';
import { RCX, RDI, RSI, SEG_BASE, SEG_ES, SEG_READ_MAX, SEG_WRITE_MAX } from '../layout/cpu-state';
import { ACCESS_SEGMENT, CURRENT_OP } from '../layout/run-state';
import { segmentLinear } from '../segments/linear';
import { FLAG_DF, eflags } from '../state';

/** The instruction under way: element size in bytes, address mask, source segment, step (+size or -size). */
export let size: u32 = 1;
export let addressMask: u64 = 0xffff;
export let sourceSegment: u32 = 0;
export let step: i64 = 1;

export function readOperands(): void {
  const op = load<u32>(CURRENT_OP);
  const flags = <u32>load<u8>(op, OP_FLAGS);
  size = 1 << (flags & OP_SIZE_MASK);
  const address = (flags >> OP_ADDRESS_SHIFT) & 3;
  addressMask = address == 0 ? 0xffff : address == 1 ? 0xffffffff : 0xffffffffffffffff;
  sourceSegment = load<u16>(op, OP_SEG);
  step = eflags() & FLAG_DF ? -(<i64>size) : <i64>size;
}

/** A 16-bit address register keeps its upper bits; a 32-bit one zero-extends. */
function storeAddress(register: u32, value: u64): void {
  if (addressMask == 0xffff) store<u16>(register, <u16>value);
  else store<u64>(register, value & addressMask);
}

export function sourceOffset(): u64 {
  return load<u64>(RSI) & addressMask;
}

export function targetOffset(): u64 {
  return load<u64>(RDI) & addressMask;
}

export function repeatCount(): u64 {
  return load<u64>(RCX) & addressMask;
}

export function advanceSource(elements: u64): void {
  storeAddress(RSI, load<u64>(RSI) + <u64>(step * <i64>elements));
}

export function advanceTarget(elements: u64): void {
  storeAddress(RDI, load<u64>(RDI) + <u64>(step * <i64>elements));
}

export function countDown(elements: u64): void {
  storeAddress(RCX, load<u64>(RCX) - elements);
}

/** Linear address of an element; raises what its segment forbids. */
export function sourceLinear(): u64 {
  const offset = sourceOffset();
  if (<i64>offset + <i64>(size - 1) > load<i64>(sourceSegment, SEG_READ_MAX)) {
    return <u64>segmentLinear(<i32>sourceSegment, <i64>offset, <i32>size, 0);
  }
  store<u32>(ACCESS_SEGMENT, sourceSegment);
  return offset + load<u64>(sourceSegment, SEG_BASE);
}

/** As sourceLinear, for ES:(E)DI. */
export function targetLinear(isWrite: bool): u64 {
  const offset = targetOffset();
  const most = isWrite ? load<i64>(SEG_ES, SEG_WRITE_MAX) : load<i64>(SEG_ES, SEG_READ_MAX);
  if (<i64>offset + <i64>(size - 1) > most) return <u64>segmentLinear(SEG_ES, <i64>offset, <i32>size, isWrite ? 1 : 0);
  store<u32>(ACCESS_SEGMENT, SEG_ES);
  return offset + load<u64>(SEG_ES, SEG_BASE);
}

/** Elements that go on forward from a linear address to its page's end, and without leaving the segment or wrapping. */
function elementsInPage(linear: u64): u64 {
  return (4096 - (linear & 0xfff)) / size;
}

function elementsInSegment(offset: u64, most: i64): u64 {
  if (most < 0) return 0;
  // The upper half of 64-bit mode, where nothing but the page's translation sets a limit.
  if (<i64>offset < 0) return u64.MAX_VALUE;
  const last = <u64>most < addressMask ? <u64>most : addressMask;
  return offset > last ? 0 : (last - offset) / size + (last - offset == 0xffffffffffffffff ? 0 : <u64>((last - offset) % size == size - 1));
}

/** How many elements from here a block move may treat at once on the source side; 0 or 1: go element by element. */
export function sourceRun(linear: u64): u64 {
  const page = elementsInPage(linear);
  const segment = elementsInSegment(sourceOffset(), load<i64>(sourceSegment, SEG_READ_MAX));
  return page < segment ? page : segment;
}

/** As sourceRun for the target. */
export function targetRun(linear: u64): u64 {
  const page = elementsInPage(linear);
  const segment = elementsInSegment(targetOffset(), load<i64>(SEG_ES, SEG_WRITE_MAX));
  return page < segment ? page : segment;
}
