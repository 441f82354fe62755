import { ByteView, type MemoryReader } from '../byte-view';

/** Firmware volumes and the files in them (PI 1.8 vol. 3, 3.2). */

const PAGE = 0x1000;
const SIGNATURE = '_FVH';
const VOLUME_HEADER_BYTES = 64;
const FILE_HEADER_BYTES = 24;
const LARGE_FILE = 0x01;
const ALIGNMENT = 8;
const FILES_MAX = 4096;
/** How far in front of an address its volume may begin. */
const REACH = 0x200_0000;

/** File types (PI 1.8 vol. 3, table 3.3). */
export const PEI_CORE = 0x04;

export interface FirmwareFile {
  readonly type: number;
  readonly first: number;
  readonly last: number;
}

/** Length of the volume that begins there; undefined when none does. */
function volumeLength(read: MemoryReader, gpa: number): number | undefined {
  const view = new ByteView(read(gpa, VOLUME_HEADER_BYTES));
  if (view.text(40, 4) !== SIGNATURE) return undefined;
  const length = view.uint(32, 8);
  return length > VOLUME_HEADER_BYTES && length <= 2 ** 32 ? length : undefined;
}

/** First addresses of the volumes that lie in a range, on page boundaries. */
export function volumesIn(read: MemoryReader, first: number, last: number): number[] {
  const found: number[] = [];
  for (let at = Math.ceil(first / PAGE) * PAGE; at < last;) {
    const length = volumeLength(read, at);
    if (length !== undefined) found.push(at);
    at += Math.max(PAGE, Math.ceil((length ?? 0) / PAGE) * PAGE);
  }
  return found;
}

/** The files of a volume that are there to be seen, those within compressed sections not. */
export function filesOf(read: MemoryReader, volume: number): FirmwareFile[] {
  const length = volumeLength(read, volume);
  if (length === undefined) return [];
  const header = new ByteView(read(volume, VOLUME_HEADER_BYTES));
  const extended = header.u16(52);
  const start = extended === 0 ? header.u16(48) : extended + new ByteView(read(volume + extended, 20)).u32(16);
  const files: FirmwareFile[] = [];
  for (let at = aligned(start); at + FILE_HEADER_BYTES <= length && files.length < FILES_MAX;) {
    const view = new ByteView(read(volume + at, FILE_HEADER_BYTES + 8));
    const isLarge = (view.u8(19) & LARGE_FILE) !== 0;
    const bytes = isLarge ? view.uint(24, 8) : view.u8(20) + view.u16(21) * 0x100;
    if (bytes < FILE_HEADER_BYTES || at + bytes > length) break;
    files.push({ type: view.u8(18), first: volume + at, last: volume + at + bytes - 1 });
    at = aligned(at + bytes);
  }
  return files;
}

/** The file that an address lies in; undefined when it is in no volume. */
export function fileAt(read: MemoryReader, gpa: number): FirmwareFile | undefined {
  const page = Math.floor(gpa / PAGE) * PAGE;
  for (let at = page; at >= 0 && page - at < REACH; at -= PAGE) {
    const length = volumeLength(read, at);
    if (length === undefined || gpa >= at + length) continue;
    return filesOf(read, at).find(({ first, last }) => first <= gpa && gpa <= last);
  }
  return undefined;
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
