/** Where a block stands in the hash, and which granules of its page it covers. */
import { BLOCK_HASH, BLOCK_HASH_ENTRIES } from '../layout/blocks';

export function hashSlot(host: u32, key: u32): u32 {
  return <u32>BLOCK_HASH + (((host ^ (host >>> 15) ^ (key << 9)) & (BLOCK_HASH_ENTRIES - 1)) << 2);
}

/** Bits of the 64-byte granules that [offset, offset + length) of a page touches; length at least 1, within the page. */
export function granules(offset: u32, length: u32): u64 {
  const first = offset >>> 6;
  const last = (offset + length - 1) >>> 6;
  return (~(<u64>0) >> (63 - (last - first))) << first;
}
