/** REP MOVS and REP STOS a page at a time, when direction, segments, pages and overlap allow; else nothing is done. */
import { EFLAGS, RAX } from '../layout/cpu-state';
import { pageForStringRead, pageForStringWrite } from '../memory/access';
import { codeBits, frameOfHost } from '../memory/frames';
import { invalidateCode } from '../blocks/invalidate';
import { FLAG_DF } from '../state';
import { advanceSource, advanceTarget, countDown, size, sourceLinear, sourceRun, targetLinear, targetRun } from './operands';

function wrote(host: u32, bytes: u32): void {
  if (codeBits(frameOfHost(host))) invalidateCode(host, bytes);
}

/** Elements moved, at most `most`; 0: this stretch has to go element by element. */
export function moveBlock(most: u64): u64 {
  if (load<u32>(EFLAGS) & FLAG_DF) return 0;
  const from = sourceLinear();
  const to = targetLinear(true);
  let count = sourceRun(from);
  const room = targetRun(to);
  if (room < count) count = room;
  if (most < count) count = most;
  if (count < 2) return 0;
  // The source faults first. Its address is taken again behind the target's, which may have given an untouched page its frame.
  if (pageForStringRead(from) == 0) return 0;
  const target = pageForStringWrite(to);
  if (target == 0) return 0;
  const source = pageForStringRead(from);
  const bytes = <u32>count * size;
  if (target > source && target < source + bytes) copyUpward(target, source, bytes);
  else memory.copy(target, source, bytes);
  wrote(target, bytes);
  advanceSource(count);
  advanceTarget(count);
  countDown(count);
  return count;
}

/** Overlapping with the target above the source: each element reads what earlier ones wrote, so the pattern repeats. */
function copyUpward(target: u32, source: u32, bytes: u32): void {
  const period = target - source;
  if (period < size) {
    elementwise(target, source, bytes);
    return;
  }
  let done: u32 = 0;
  while (done < bytes) {
    const left = bytes - done;
    const piece = left < period ? left : period - (period % size);
    memory.copy(target + done, source + done, piece);
    done += piece;
  }
}

function elementwise(target: u32, source: u32, bytes: u32): void {
  for (let at: u32 = 0; at < bytes; at += size) {
    if (size == 2) store<u16>(target + at, load<u16>(source + at));
    else if (size == 4) store<u32>(target + at, load<u32>(source + at));
    else store<u64>(target + at, load<u64>(source + at));
  }
}

/** As moveBlock, for STOS. */
export function fillBlock(most: u64): u64 {
  if (load<u32>(EFLAGS) & FLAG_DF) return 0;
  const to = targetLinear(true);
  let count = targetRun(to);
  if (most < count) count = most;
  if (count < 2) return 0;
  const target = pageForStringWrite(to);
  if (target == 0) return 0;
  const bytes = <u32>count * size;
  fill(target, bytes, load<u64>(RAX));
  wrote(target, bytes);
  advanceTarget(count);
  countDown(count);
  return count;
}

function fill(target: u32, bytes: u32, value: u64): void {
  const low = <u8>value;
  if (size == 1 || value == 0 || repeatsByte(value, low)) {
    memory.fill(target, low, bytes);
    return;
  }
  for (let at: u32 = 0; at < bytes; at += size) {
    if (size == 2) store<u16>(target + at, <u16>value);
    else if (size == 4) store<u32>(target + at, <u32>value);
    else store<u64>(target + at, value);
  }
}

function repeatsByte(value: u64, low: u8): bool {
  const all = <u64>low * 0x0101010101010101;
  const shift = 64 - (size << 3);
  return value << shift == all << shift;
}
