/**
 * LZ4 as kernels are packed with it: the legacy frame (magic 184C2102h, then blocks with their packed size before them), followed by
 * the unpacked size. Block format: lz4_Block_format.md of the LZ4 project.
 */
class Lz4Error extends Error {
  override readonly name = 'Lz4Error';
}

const MAGIC_BYTES = 4;
const SIZE_BYTES = 4;
/** A token's nibble of 15 is continued in further bytes. */
const CONTINUED = 15;
const MIN_MATCH = 4;

/** @throws Lz4Error for data that is damaged or unpacks to more than `most` bytes. */
export function unpackLz4(packed: Uint8Array, most: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const end = packed.length - SIZE_BYTES;
  const size = view.getUint32(end, true);
  if (size > most) throw new Lz4Error(`${size} bytes are more than a kernel has`);
  const out = new Uint8Array(size);
  let filled = 0;
  for (let at = MAGIC_BYTES; at + SIZE_BYTES <= end;) {
    const blockBytes = view.getUint32(at, true);
    at += SIZE_BYTES;
    if (blockBytes === 0 || at + blockBytes > end) throw new Lz4Error('a block runs past the end');
    filled = unpackBlock(packed.subarray(at, at + blockBytes), out, filled);
    at += blockBytes;
  }
  if (filled !== size) throw new Lz4Error(`${filled} bytes instead of ${size}`);
  return out;
}

function unpackBlock(block: Uint8Array, out: Uint8Array, start: number): number {
  let at = 0;
  let to = start;
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble !== CONTINUED) return sum;
    for (;;) {
      const more = block[at++];
      if (more === undefined) throw new Lz4Error('a length runs past its block');
      sum += more;
      if (more !== 0xff) return sum;
    }
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = length(token >> 4);
    if (at + literals > block.length || to + literals > out.length) throw new Lz4Error('literals run past the end');
    out.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence has literals only.
    if (at === block.length) break;
    const distance = block[at]! | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const match = length(token & 0xf) + MIN_MATCH;
    if (distance === 0 || distance > to - start || to + match > out.length) throw new Lz4Error('a match lies outside the block');
    if (distance >= match) out.copyWithin(to, to - distance, to - distance + match);
    else for (let index = 0; index < match; index++) out[to + index] = out[to + index - distance]!;
    to += match;
  }
  return to;
}
