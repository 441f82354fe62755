/** Headers by which an image says that it follows the Multiboot specification, version 0.6.96 or 2. */
import { KernelError } from '../types';

const MAGIC1 = 0x1bad_b002;
const SEARCH1_BYTES = 8192;
const MAGIC2 = 0xe852_50d6;
const SEARCH2_BYTES = 32768;
/** Flags of version 1: the header has the addresses of a flat image. */
const HAS_ADDRESSES = 1 << 16;
/** Required features that are given: page-aligned modules, memory map. Video modes are not. */
const REQUIRED_KNOWN = 0x3;
const REQUIRED = 0xffff;

/** Where the bytes of an image that is no ELF file go. */
export interface FlatImage {
  readonly headerOffset: number;
  readonly headerAddress: number;
  readonly loadAddress: number;
  /** 0: to the end of the file. */
  readonly loadEnd: number;
  /** 0: nothing to clear. */
  readonly bssEnd: number;
}

export interface MultibootHeader {
  readonly flat?: FlatImage;
  /** Entry address when the header gives one. */
  readonly entry?: number;
}

function viewOf(image: Uint8Array): DataView {
  return new DataView(image.buffer, image.byteOffset, image.byteLength);
}

/** Offset of a header whose first `words` dwords sum up to 0. */
function find(image: Uint8Array, magic: number, bytes: number, align: number, words: number): number | undefined {
  const view = viewOf(image);
  for (let at = 0; at + 4 * words <= Math.min(bytes, image.length); at += align) {
    if (view.getUint32(at, true) !== magic) continue;
    let sum = 0;
    for (let word = 0; word < words; word++) sum = (sum + view.getUint32(at + 4 * word, true)) >>> 0;
    if (sum === 0) return at;
  }
  return undefined;
}

export function hasMultiboot1Header(image: Uint8Array): boolean {
  return find(image, MAGIC1, SEARCH1_BYTES, 4, 3) !== undefined;
}

export function hasMultiboot2Header(image: Uint8Array): boolean {
  return find(image, MAGIC2, SEARCH2_BYTES, 8, 4) !== undefined;
}

/** @throws KernelError without a header, or when it asks for what no loader gives. */
export function readMultiboot1Header(image: Uint8Array): MultibootHeader {
  const at = find(image, MAGIC1, SEARCH1_BYTES, 4, 3);
  if (at === undefined) throw new KernelError('it has no multiboot header in its first 8 KiB');
  const view = viewOf(image);
  const flags = view.getUint32(at + 4, true);
  if (flags & REQUIRED & ~REQUIRED_KNOWN) {
    throw new KernelError(`its multiboot header asks for features 0x${(flags & REQUIRED).toString(16)}; only 0x3 are there`);
  }
  if (!(flags & HAS_ADDRESSES)) return {};
  if (at + 32 > image.length) throw new KernelError('its multiboot header is cut off');
  const word = (index: number): number => view.getUint32(at + 12 + 4 * index, true);
  return {
    flat: { headerOffset: at, headerAddress: word(0), loadAddress: word(1), loadEnd: word(2), bssEnd: word(3) },
    entry: word(4),
  };
}

const TAG2 = { END: 0, REQUESTS: 1, ADDRESS: 2, ENTRY: 3, FRAMEBUFFER: 5 } as const;
const OPTIONAL = 1;
/** Boot information that is given: see information2.ts. */
const GIVEN = [1, 2, 3, 4, 6, 14, 15, 21];

/** @throws KernelError without a header, or when it requires what is not given. */
export function readMultiboot2Header(image: Uint8Array): MultibootHeader {
  const at = find(image, MAGIC2, SEARCH2_BYTES, 8, 4);
  if (at === undefined) throw new KernelError('it has no multiboot2 header in its first 32 KiB');
  const view = viewOf(image);
  const end = at + view.getUint32(at + 8, true);
  if (end > Math.min(image.length, SEARCH2_BYTES)) throw new KernelError('its multiboot2 header ends past its first 32 KiB or the file');
  let header: MultibootHeader = {};
  for (let tag = at + 16; tag + 8 <= end;) {
    const type = view.getUint16(tag, true);
    const isOptional = (view.getUint16(tag + 2, true) & OPTIONAL) !== 0;
    const size = view.getUint32(tag + 4, true);
    if (size < 8 || tag + size > end) throw new KernelError('a tag of its multiboot2 header is cut off');
    const word = (index: number): number => (8 + 4 * index < size ? view.getUint32(tag + 8 + 4 * index, true) : 0);
    if (type === TAG2.END) break;
    if (type === TAG2.ADDRESS) {
      header = { ...header, flat: { headerOffset: at, headerAddress: word(0), loadAddress: word(1), loadEnd: word(2), bssEnd: word(3) } };
    } else if (type === TAG2.ENTRY) header = { ...header, entry: word(0) };
    else if (type === TAG2.REQUESTS && !isOptional) checkRequests(Array.from({ length: (size - 8) / 4 }, (_, index) => word(index)));
    tag += Math.ceil(size / 8) * 8;
  }
  return header;
}

function checkRequests(types: readonly number[]): void {
  const missing = types.find((type) => !GIVEN.includes(type));
  if (missing !== undefined)
    throw new KernelError(`its multiboot2 header requires boot information of type ${missing}, which is not given`);
}
