/**
 * Frames of several values pushed on a stack, all checked before any is written. The stack may be one that is not loaded
 * yet (in SEG_SCRATCH) and of another privilege level.
 */
import { GPR, RSP, SEG_SS, SP_MASK, SEG_WRITE_MAX, SEG_BASE } from '../layout/cpu-state';
import { ACCESS_SEGMENT } from '../layout/run-state';
import { TLB_SUPERVISOR, TLB_USER } from '../layout/tlb';
import { is64 } from '../state';
import { probeWrite, readAny, writeAny } from '../memory/access';
import { useTable } from '../interrupts/raise';
import { restoreTable } from './derive';
import { segmentLinear } from './linear';

let segment: usize = SEG_SS;
let pointer: u64 = 0;
let mask: u64 = 0xffff;
/** Whether the frame goes to a 64-bit stack: no segment, canonical checks by the access. */
let flat: bool = false;

/** A frame on the current stack. */
export function frameHere(): void {
  segment = SEG_SS;
  pointer = load<u64>(RSP);
  mask = load<u64>(SP_MASK);
  flat = is64();
}

/** A frame on another stack: segment cache, stack pointer, its width, whose pages are those of `level`. */
export function frameOn(cache: usize, sp: u64, spMask: u64, level: u32, isFlat: bool): void {
  segment = cache;
  pointer = sp;
  mask = spMask;
  flat = isFlat;
  useTable(level == 3 ? TLB_USER : TLB_SUPERVISOR);
}

function linearOf(at: u64, size: u32): u64 {
  const offset = at & mask;
  store<u32>(ACCESS_SEGMENT, SEG_SS);
  if (flat) return offset;
  if (<i64>(offset + size - 1) > load<i64>(segment, SEG_WRITE_MAX)) return <u64>segmentLinear(<i32>segment, <i64>offset, <i32>size, 1);
  return (load<u64>(segment, SEG_BASE) + offset) & 0xffffffff;
}

/** Raises what pushing `count` values of `size` bytes would raise. */
export function checkPushes(count: u32, size: u32): void {
  let at = pointer;
  for (let index: u32 = 0; index < count; index++) {
    at -= size;
    probeWrite(<i64>linearOf(at, size), <i32>size);
  }
}

export function push(size: u32, value: u64): void {
  pointer -= size;
  writeAny(linearOf(pointer, size), size, value);
}

/** Ends the frame: rSP gets its new value within the stack's width. `whole`: rSP is replaced (new stack). */
export function commitFrame(whole: bool): void {
  restoreTable();
  store<u64>(RSP, whole && mask != 0xffff ? pointer & mask : (load<u64>(GPR + 32) & ~mask) | (pointer & mask));
}

/** rSP as the frame stands now. */
export function framePointer(): u64 {
  return pointer & mask;
}

/** The value `skip` bytes above the top of the current stack. */
export function peek(skip: u64, size: u32): u64 {
  const offset = (load<u64>(RSP) + skip) & load<u64>(SP_MASK);
  store<u32>(ACCESS_SEGMENT, SEG_SS);
  const linear = is64() ? offset : <u64>segmentLinear(SEG_SS, <i64>offset, <i32>size, 0);
  return readAny(linear, size);
}

/** Adds to rSP within the stack's width. */
export function dropBytes(count: u64): void {
  const width = load<u64>(SP_MASK);
  const sp = load<u64>(RSP);
  store<u64>(RSP, (sp & ~width) | ((sp + count) & width));
}
