/** Segment registers in the save area: selector, attributes, limit and base. */
import { SEG_ATTRIBUTES, SEG_HIDDEN_BASE, SEG_LIMIT } from '../layout/cpu-state';
import { attributes, selector } from '../state';
import { setSegment } from '../segments/descriptor';
import { get, put } from './save-area';

/** Attributes stand as in the second word of a descriptor from bit 8 on: AVL, L, D and G at bits 12 to 15. */
function spread(rights: u32): u32 {
  return (rights & 0xff) | ((rights & 0xf00) << 4);
}

function gather(image: u32): u32 {
  return (image & 0xff) | ((image >>> 4) & 0xf00);
}

/** AMD64's format, 16 bytes: selector, attributes, limit, 64-bit base. */
export function putLongSegment(offset: u64, segment: usize): void {
  put(offset, 2, selector(segment));
  put(offset + 2, 2, spread(attributes(segment)));
  put(offset + 4, 4, load<u32>(segment, SEG_LIMIT));
  put(offset + 8, 8, load<u64>(segment, SEG_HIDDEN_BASE));
}

export function getLongSegment(offset: u64, segment: usize): void {
  setSegment(segment, <u32>get(offset, 2), get(offset + 8, 8), <u32>get(offset + 4, 4), gather(<u32>get(offset + 2, 2)));
}

/** The 32-bit format, 12 bytes at `offset`: attributes, limit, base; the selector stands elsewhere. */
export function putShortSegment(selectorAt: u64, offset: u64, segment: usize): void {
  put(selectorAt, 4, selector(segment));
  put(offset, 4, spread(load<u32>(segment, SEG_ATTRIBUTES)));
  put(offset + 4, 4, load<u32>(segment, SEG_LIMIT));
  put(offset + 8, 4, load<u64>(segment, SEG_HIDDEN_BASE));
}

export function getShortSegment(selectorAt: u64, offset: u64, segment: usize): void {
  const base = get(offset + 8, 4);
  setSegment(segment, <u32>get(selectorAt, 4), base, <u32>get(offset + 4, 4), gather(<u32>get(offset, 4)));
}
