/**
 * The cache of decoded blocks: an arena that is filled front to back and dropped as a whole, a hash from (host address of
 * the first byte, decode mode) to block, and a list of blocks a frame. The first bytes of the arena hold a block that only
 * leads to `boundary`, and room for one transient block.
 */
import {
  ARENA,
  ARENA_BYTES,
  BLOCK_CHARGED,
  BLOCK_COUNT,
  BLOCK_FRAME_NEXT,
  BLOCK_HASH,
  BLOCK_HASH_ENTRIES,
  BLOCK_HASH_NEXT,
  BLOCK_HOST,
  BLOCK_KEY,
  BLOCK_LENGTH,
  BLOCK_MAX,
  BLOCK_RECORDS,
  HANDLER_BREAK,
  HANDLER_END,
  HANDLER_WATCH,
  HEADER_BYTES,
  OP_BYTES,
  OP_FLAGS,
  OP_HANDLER,
  OP_INDEX,
  OP_LENGTH,
  OP_OFFSET,
  OP_TERMINAL,
} from '../layout/blocks';
import { JUMP_CACHE, JUMP_ENTRIES, JUMP_ENTRY_BYTES } from '../layout/jump-cache';
import { FLUSH_PENDING, PATCHED_OP } from '../layout/run-state';
import { decode } from '../decode/decode';
import { codeBits, firstBlock, frameOfHost, setCodeBits, setFirstBlock } from '../memory/frames';
import { armAll } from '../memory/monitor';
import { dropPlainWrites } from '../memory/tlb';
import { forgetCodeBytes } from './code-bytes';
import { granules, hashSlot } from './placement';

/** Its entry always comes to `boundary`: nothing may run there because REMAINING is not positive. */
export const LEAVE_BLOCK: u32 = ARENA;
/** A block for one execution: an instruction that straddles pages or the segment's end, or stands in MMIO. */
const TRANSIENT_BLOCK: u32 = ARENA + 0x100;
const FIRST_BLOCK: u32 = ARENA + 0x400;
const ARENA_END: u32 = ARENA + ARENA_BYTES;
const BLOCK_ROOM: u32 = HEADER_BYTES + (2 * BLOCK_MAX + 2) * OP_BYTES;
/** Bit of the key: a WATCH record stands before every instruction. */
export const KEY_WATCHED: u32 = 0x100;

let arenaNext: u32 = FIRST_BLOCK;

/** Drops all blocks. Only between instructions: a block under way would be overwritten. */
export function flushBlocks(): void {
  for (let index: u32 = 0; index < <u32>BLOCK_HASH_ENTRIES; index++) {
    let block = load<u32>(<u32>BLOCK_HASH + (index << 2));
    while (block != 0) {
      const frame = frameOfHost(load<u32>(block, BLOCK_HOST));
      setFirstBlock(frame, 0);
      setCodeBits(frame, 0);
      block = load<u32>(block, BLOCK_HASH_NEXT);
    }
  }
  resetBlocks();
  armAll();
}

/** As flushBlocks when the frame tables are already cleared. */
export function resetBlocks(): void {
  memory.fill(BLOCK_HASH, 0, BLOCK_HASH_ENTRIES << 2);
  memory.fill(JUMP_CACHE, 0, JUMP_ENTRIES * JUMP_ENTRY_BYTES);
  arenaNext = FIRST_BLOCK;
  store<u32>(PATCHED_OP, 0);
  store<u32>(FLUSH_PENDING, 0);
  memory.fill(LEAVE_BLOCK, 0, HEADER_BYTES + OP_BYTES);
  store<u32>(LEAVE_BLOCK, 1, BLOCK_COUNT);
  store<u32>(LEAVE_BLOCK, 1, BLOCK_CHARGED);
  store<u16>(LEAVE_BLOCK + HEADER_BYTES, HANDLER_BREAK, OP_HANDLER);
}

export function findBlock(host: u32, key: u32): u32 {
  let block = load<u32>(hashSlot(host, key));
  while (block != 0) {
    if (load<u32>(block, BLOCK_HOST) == host && load<u32>(block, BLOCK_KEY) == key) return block;
    block = load<u32>(block, BLOCK_HASH_NEXT);
  }
  return 0;
}

function special(record: u32, handler: i32, index: u32, offset: u32): void {
  memory.fill(record, 0, OP_BYTES);
  store<u16>(record, <u16>handler, OP_HANDLER);
  store<u8>(record, <u8>index, OP_INDEX);
  store<u16>(record, <u16>offset, OP_OFFSET);
}

/**
 * Decodes at most `limit` instructions from `available` contiguous bytes into a block at `block`. 0: done; else why not
 * even one: -1 more bytes needed, -2 too long.
 */
function decodeInto(block: u32, bytes: u32, available: u32, key: u32, limit: u32): i32 {
  let record = block + HEADER_BYTES;
  let offset: u32 = 0;
  let count: u32 = 0;
  let open = true;
  while (count < limit) {
    const left = available - offset;
    if (left == 0) break;
    const op = key & KEY_WATCHED ? record + OP_BYTES : record;
    const length = decode(bytes + offset, <i32>(left < 15 ? left : 15), key & 0xff, op, <i32>offset);
    if (length <= 0) {
      if (count == 0) return length == 0 ? -1 : -2;
      break;
    }
    store<u8>(op, <u8>count, OP_INDEX);
    if (op != record) {
      special(record, HANDLER_WATCH, count, offset);
      store<u8>(record, <u8>length, OP_LENGTH);
    }
    record = op + OP_BYTES;
    offset += <u32>length;
    count++;
    if (load<u8>(op, OP_FLAGS) & OP_TERMINAL) {
      open = false;
      break;
    }
  }
  if (open) {
    special(record, HANDLER_END, count, offset);
    record += OP_BYTES;
  }
  store<u32>(block, count, BLOCK_COUNT);
  store<u32>(block, count, BLOCK_CHARGED);
  store<u32>(block, key, BLOCK_KEY);
  store<u32>(block, offset, BLOCK_LENGTH);
  store<u32>(block, (record - block - HEADER_BYTES) / OP_BYTES, BLOCK_RECORDS);
  store<u32>(block, 0, BLOCK_HASH_NEXT);
  store<u32>(block, 0, BLOCK_FRAME_NEXT);
  return 0;
}

/** Decodes a block from a frame's bytes and enters it in the cache. Negative as decodeInto. */
export function newBlock(host: u32, available: u32, key: u32): i32 {
  if (arenaNext + BLOCK_ROOM > ARENA_END) flushBlocks();
  const block = arenaNext;
  const failure = decodeInto(block, host, available, key, BLOCK_MAX);
  if (failure < 0) return failure;
  arenaNext = block + HEADER_BYTES + load<u32>(block, BLOCK_RECORDS) * OP_BYTES;
  store<u32>(block, host, BLOCK_HOST);
  const slot = hashSlot(host, key);
  store<u32>(block, load<u32>(slot), BLOCK_HASH_NEXT);
  store<u32>(slot, block);
  const frame = frameOfHost(host);
  const bits = codeBits(frame);
  if (bits == 0) dropPlainWrites(host & ~0xfff);
  forgetCodeBytes(frame);
  setCodeBits(frame, bits | granules(host & 0xfff, load<u32>(block, BLOCK_LENGTH)));
  store<u32>(block, firstBlock(frame), BLOCK_FRAME_NEXT);
  setFirstBlock(frame, block);
  return <i32>block;
}

/** Decodes one instruction for one execution. Negative as decodeInto. */
export function transientBlock(bytes: u32, available: u32, key: u32): i32 {
  const failure = decodeInto(TRANSIENT_BLOCK, bytes, available, key, 1);
  if (failure < 0) return failure;
  store<u32>(TRANSIENT_BLOCK, 0, BLOCK_HOST);
  return <i32>TRANSIENT_BLOCK;
}
