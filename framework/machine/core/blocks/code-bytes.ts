/**
 * Which bytes of a frame belong to blocks, for frames whose data lies so near to code that the bitmap of 64-byte granules says nothing.
 * An entry is made when a write turns out to have hit no block; it may name bytes that are code no more, never too few.
 */
import { CODE_BYTES, CODE_BYTES_ENTRIES, CODE_BYTES_FRAMES } from '../layout/blocks';

const MAP_BYTES: u32 = 512;

/** Frame 0 is never one of the guest's: it is a table of the pool. */
const NONE: u32 = 0;

function tagOf(frame: u32): u32 {
  return <u32>CODE_BYTES_FRAMES + ((frame & (CODE_BYTES_ENTRIES - 1)) << 2);
}

function mapOf(frame: u32): u32 {
  return <u32>CODE_BYTES + (frame & (CODE_BYTES_ENTRIES - 1)) * MAP_BYTES;
}

/** Whether [offset, offset + length) of the frame is known to hold no code; length at most 8. */
export function knownAsData(frame: u32, offset: u32, length: u32): bool {
  if (load<u32>(tagOf(frame)) != frame) return false;
  const map = mapOf(frame);
  const last = offset + length - 1;
  for (let at = offset; at <= last; at++) if ((load<u8>(map + (at >>> 3)) >> (at & 7)) & 1) return false;
  return true;
}

/** Begins an entry, of no code yet; every block of the frame has to be noted. */
export function beginCodeBytes(frame: u32): void {
  store<u32>(tagOf(frame), frame);
  memory.fill(mapOf(frame), 0, MAP_BYTES);
}

export function noteCodeBytes(frame: u32, offset: u32, length: u32): void {
  const map = mapOf(frame);
  for (let at = offset; at < offset + length; at++) {
    const byte = map + (at >>> 3);
    store<u8>(byte, <u8>((<u32>load<u8>(byte)) | (1 << (at & 7))));
  }
}

/** The frame has got a new block. */
export function forgetCodeBytes(frame: u32): void {
  if (load<u32>(tagOf(frame)) == frame) store<u32>(tagOf(frame), NONE);
}
