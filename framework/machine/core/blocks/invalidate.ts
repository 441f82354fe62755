/**
 * Decoded blocks go stale when a byte of theirs is overwritten; the frame's code bitmap says quickly that none is. The bitmap has
 * the lines that MONITOR has armed, too: every store that asks for code asks for them.
 */
import {
  BLOCK_CHARGED,
  BLOCK_COUNT,
  BLOCK_FRAME_NEXT,
  BLOCK_HASH_NEXT,
  BLOCK_HOST,
  BLOCK_KEY,
  BLOCK_LENGTH,
  BLOCK_RECORDS,
  HANDLER_STALE,
  HEADER_BYTES,
  OP_BYTES,
  OP_HANDLER,
} from '../layout/blocks';
import { MONITORS_USED } from '../layout/run-state';
import { monitoredGranules, storeTo } from '../memory/monitor';
import { codeBits, firstBlock, frameHost, frameOfHost, setCodeBits, setFirstBlock } from '../memory/frames';
import { beginCodeBytes, knownAsData, noteCodeBytes } from './code-bytes';
import { granules, hashSlot } from './placement';

/** Bytes that one store writes; longer ranges are of block moves. */
const LARGEST_STORE: u32 = 8;

function makeStale(block: u32): void {
  store<u32>(block, load<u32>(block, BLOCK_COUNT), BLOCK_CHARGED);
  store<u32>(block, 0, BLOCK_COUNT);
  const records = load<u32>(block, BLOCK_RECORDS);
  let op = block + HEADER_BYTES;
  for (let index: u32 = 0; index < records; index++, op += OP_BYTES) store<u16>(op, HANDLER_STALE, OP_HANDLER);
  let at = hashSlot(load<u32>(block, BLOCK_HOST), load<u32>(block, BLOCK_KEY));
  while (load<u32>(at) != 0) {
    if (load<u32>(at) == block) {
      store<u32>(at, load<u32>(block, BLOCK_HASH_NEXT));
      return;
    }
    at = load<u32>(at) + BLOCK_HASH_NEXT;
  }
}

/** Bytes [host, host + length), within one frame that has code, were or will be overwritten. */
export function invalidateCode(host: u32, length: u32): void {
  const frame = frameOfHost(host);
  if (!(codeBits(frame) & granules(host & 0xfff, length))) return;
  if (length <= LARGEST_STORE) storedToCode(frame, host, length);
  else {
    storeTo(host, length);
    dropBlocks(frame, host, length);
  }
}

/** At most LARGEST_STORE bytes in granules with code or monitored lines were overwritten. */
export function storedToCode(frame: u32, host: u32, length: u32): void {
  if (load<u32>(MONITORS_USED)) storeTo(host, length);
  if (knownAsData(frame, host & 0xfff, length)) return;
  if (!dropBlocks(frame, host, length)) listCodeBytes(frame);
}

/** The blocks that have any of the bytes go stale; whether there are any. */
function dropBlocks(frame: u32, host: u32, length: u32): bool {
  let isHit = false;
  let bits = monitoredGranules(frame);
  let kept: u32 = 0;
  let block = firstBlock(frame);
  while (block != 0) {
    const next = load<u32>(block, BLOCK_FRAME_NEXT);
    const start = load<u32>(block, BLOCK_HOST);
    const size = load<u32>(block, BLOCK_LENGTH);
    if (start < host + length && host < start + size) {
      makeStale(block);
      isHit = true;
    } else {
      bits |= granules(start & 0xfff, size);
      store<u32>(block, kept, BLOCK_FRAME_NEXT);
      kept = block;
    }
    block = next;
  }
  setFirstBlock(frame, kept);
  setCodeBits(frame, bits);
  return isHit;
}

/** A store beside code will be followed by more: from now on it is told from code byte by byte. */
function listCodeBytes(frame: u32): void {
  beginCodeBytes(frame);
  for (let block = firstBlock(frame); block != 0; block = load<u32>(block, BLOCK_FRAME_NEXT))
    noteCodeBytes(frame, load<u32>(block, BLOCK_HOST) & 0xfff, load<u32>(block, BLOCK_LENGTH));
}

/** The frame is about to be freed. */
export function dropFrameBlocks(frame: u32): void {
  if (codeBits(frame)) invalidateCode(frameHost(frame), 4096);
}
