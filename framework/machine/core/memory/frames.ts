/**
 * The pool of 4 KiB frames. It grows in chunks of 1024 frames; the first four frames of a chunk hold its frame table,
 * 16 bytes a frame: u64 code bitmap (a bit per 64 bytes), u32 first block, u32 references. Frame 4 is the shared zero page.
 */
import { FRAMES } from '../layout/memory-map';
import { FRAMES_USED } from '../layout/run-state';
import { exhausted } from '../host';

export const ZERO_FRAME: u32 = 4;
const CHUNK_FRAMES: u32 = 1024;
const TABLE_FRAMES: u32 = 4;
/** Frames whose host address is below 4 GiB. */
const MOST_FRAMES: u32 = (0xffff0000 - <u32>FRAMES) >>> 12;

let poolEnd: u32 = 0;
let freshNext: u32 = 0;
let freeHead: u32 = 0;

export function frameHost(frame: u32): u32 {
  return <u32>FRAMES + (frame << 12);
}

export function frameOfHost(host: u32): u32 {
  return (host - <u32>FRAMES) >>> 12;
}

/** Address of a frame's table entry. */
function frameInfo(frame: u32): u32 {
  return <u32>FRAMES + ((frame & ~(CHUNK_FRAMES - 1)) << 12) + ((frame & (CHUNK_FRAMES - 1)) << 4);
}

export function codeBits(frame: u32): u64 {
  return load<u64>(frameInfo(frame));
}

export function setCodeBits(frame: u32, bits: u64): void {
  store<u64>(frameInfo(frame), bits);
}

export function firstBlock(frame: u32): u32 {
  return load<u32>(frameInfo(frame), 8);
}

export function setFirstBlock(frame: u32, block: u32): void {
  store<u32>(frameInfo(frame), block, 8);
}

function growPool(): void {
  const first = poolEnd;
  if (first + CHUNK_FRAMES > MOST_FRAMES) exhausted();
  const needed = (frameHost(first + CHUNK_FRAMES) + 0xffff) >>> 16;
  const have = <u32>memory.size();
  if (needed > have && memory.grow(<i32>(needed - have)) < 0) exhausted();
  memory.fill(frameHost(first), 0, TABLE_FRAMES << 12);
  poolEnd = first + CHUNK_FRAMES;
  freshNext = first + TABLE_FRAMES;
  if (first == 0) {
    freshNext = ZERO_FRAME + 1;
    memory.fill(frameHost(ZERO_FRAME), 0, 4096);
  }
}

/** A zeroed frame with no references. */
export function newFrame(): u32 {
  let frame = freeHead;
  if (frame != 0) {
    freeHead = load<u32>(frameHost(frame));
    memory.fill(frameHost(frame), 0, 4096);
  } else {
    if (freshNext == poolEnd) growPool();
    frame = freshNext++;
    if ((freshNext & (CHUNK_FRAMES - 1)) == 0 && freshNext < poolEnd) freshNext += TABLE_FRAMES;
    memory.fill(frameHost(frame), 0, 4096);
  }
  const info = frameInfo(frame);
  store<u64>(info, 0);
  store<u64>(info, 0, 8);
  store<u32>(FRAMES_USED, load<u32>(FRAMES_USED) + 1);
  return frame;
}

export function addReference(frame: u32): void {
  const info = frameInfo(frame);
  store<u32>(info, load<u32>(info, 12) + 1, 12);
}

/** Gives one reference back; true when that freed the frame (the caller has dropped its blocks before). */
export function dropReference(frame: u32): bool {
  const info = frameInfo(frame);
  const left = load<u32>(info, 12) - 1;
  store<u32>(info, left, 12);
  if (left != 0) return false;
  store<u32>(frameHost(frame), freeHead);
  freeHead = frame;
  store<u32>(FRAMES_USED, load<u32>(FRAMES_USED) - 1);
  return true;
}

export function references(frame: u32): u32 {
  return load<u32>(frameInfo(frame), 12);
}

/** Whether `frame` names a frame that may be used: within the pool, not a table, with references. */
export function frameExists(frame: u32): bool {
  return frame < poolEnd && (frame & (CHUNK_FRAMES - 1)) >= TABLE_FRAMES && frame != ZERO_FRAME && references(frame) != 0;
}

export function startPool(): void {
  if (poolEnd == 0) growPool();
}

/** Restore, step 1: forgets every frame and grows the pool so that frame `highest` is in it. */
export function beginRestore(highest: u32): void {
  while (poolEnd <= highest) growPool();
  freeHead = 0;
  store<u32>(FRAMES_USED, 0);
  for (let first: u32 = 0; first < poolEnd; first += CHUNK_FRAMES) memory.fill(frameHost(first), 0, TABLE_FRAMES << 12);
  freshNext = highest + 1 > ZERO_FRAME + 1 ? highest + 1 : ZERO_FRAME + 1;
}

/** Restore, step 2, for every frame of the snapshot. */
export function reviveFrame(frame: u32, pinned: bool): void {
  store<u64>(frameInfo(frame), 0);
  store<u64>(frameInfo(frame), ((<u64>(pinned ? 1 : 0)) << 32) | (<u64>0), 8);
  store<u8>(frameInfo(frame), 1);
  store<u32>(FRAMES_USED, load<u32>(FRAMES_USED) + 1);
}

/** Restore, step 3: what was not revived is free. (A revived frame is marked by a code bit until here.) */
export function endRestore(): void {
  for (let frame: u32 = freshNext - 1; frame > ZERO_FRAME; frame--) {
    if ((frame & (CHUNK_FRAMES - 1)) < TABLE_FRAMES) continue;
    if (load<u8>(frameInfo(frame)) == 0) {
      store<u32>(frameHost(frame), freeHead);
      freeHead = frame;
    } else store<u8>(frameInfo(frame), 0);
  }
  while (freshNext < poolEnd && (freshNext & (CHUNK_FRAMES - 1)) < TABLE_FRAMES) freshNext++;
}
