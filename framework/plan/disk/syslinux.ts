import { SECTOR_BYTES, type Bytes } from '../../quantities/units';
import type { TreeFile } from './file-tree';

/**
 * What the installer of SYSLINUX does to its two parts (doc/distrib.txt and the loader's patch area): the boot sector finds the loader's first
 * sector by a number in it, the loader finds the rest of itself by a list of extents, and a checksum covers the loader.
 * Sector numbers count from the start of the volume.
 */
export interface Syslinux {
  readonly loader: Uint8Array;
  readonly bootSector: Uint8Array;
  /** Where the loader and its other files are: names with slashes, empty for the root. */
  readonly directory: string;
}

const MAGIC = 0x3eb2_02fe;
/** Offsets in the patch area, which begins with the magic number. */
const DATA_SECTORS = 8;
const VECTOR_SECTORS = 10;
const DWORDS = 12;
const CHECKSUM = 16;
const EXTENSION = 22;
/** Offsets in its extension: where in the loader, or for the last two in the boot sector, a value lies. */
const VECTOR_POINTERS = 0;
const DIRECTORY = 2;
const DIRECTORY_BYTES = 4;
const EXTENTS = 10;
const FIRST_SECTOR_LOW = 14;
const FIRST_SECTOR_HIGH = 16;
const EXTENSION_BYTES = 20;
const EXTENT_BYTES = 10;
/** Code of the boot sector that is kept apart from the volume's parameter block. */
const JUMP_END = 11;
const CODE = 90;
const CODE_END = 510;
/** The auxiliary data vector: two sectors, each a copy with its own signatures and checksum. */
const VECTORS = 2;
const VECTOR_HEAD = 0x5a2d_2fa5;
const VECTOR_SUM = 0xa304_1767;
const VECTOR_TAIL = 0xdd28_bf64;
/** Where the rest of the loader is read to. No read may cross 64 KiB, which DMA cannot on some machines, or have more than 127 sectors. */
const REST_ADDRESS = 0x8200;
const WINDOW = 0x1_0000;
const FIRST_READ = (WINDOW - REST_ADDRESS) / SECTOR_BYTES;
const MOST_SECTORS = FIRST_READ + 127;
const EXTENTS_BYTES = 2 * EXTENT_BYTES;

const LOADER = 'ldlinux.sys';

/** Size of the installed file: the loader in whole sectors, and the vectors. */
export function installedBytes({ loader }: Syslinux): Bytes {
  return (Math.ceil(loader.length / SECTOR_BYTES) + VECTORS) * SECTOR_BYTES;
}

/** The loader as a file; its bytes follow from where it lies. */
export function loaderFile(parts: Syslinux): TreeFile {
  return { path: parts.directory === '' ? LOADER : `${parts.directory}/${LOADER}`, file: { sizeBytes: installedBytes(parts) } };
}

/** Both parts as they belong on the disk, for a loader that lies in one piece from `sector` of the volume on; or why they cannot be. */
export function installSyslinux(parts: Syslinux, boot: readonly number[], sector: number): { loader: Uint8Array; boot: number[] } | string {
  const loader = new Uint8Array(installedBytes(parts));
  loader.set(parts.loader);
  const view = new DataView(loader.buffer);
  const area = patchArea(view, parts.loader.length);
  if (area === undefined || parts.bootSector.length !== SECTOR_BYTES) return 'the loader is none of SYSLINUX';
  const extension = view.getUint16(area + EXTENSION, true);
  if (extension + EXTENSION_BYTES > parts.loader.length) return 'the loader of SYSLINUX is cut off';
  const pointer = (field: number): number => view.getUint16(extension + field, true);
  const sectors = loader.length / SECTOR_BYTES - VECTORS;
  if (pointer(EXTENTS) + EXTENTS_BYTES > parts.loader.length || pointer(VECTOR_POINTERS) + 8 * VECTORS > parts.loader.length)
    return 'the loader of SYSLINUX is cut off';
  if (sectors - 1 > MOST_SECTORS) return 'the loader of SYSLINUX is too long';
  const path = new TextEncoder().encode(parts.directory && `/${parts.directory}\0`);
  if (pointer(DIRECTORY) + pointer(DIRECTORY_BYTES) > parts.loader.length) return 'the loader of SYSLINUX is cut off';
  if (path.length > pointer(DIRECTORY_BYTES)) return 'the directory of SYSLINUX has too long a path';

  loader.set(path, pointer(DIRECTORY));
  view.setUint16(area + DATA_SECTORS, sectors, true);
  view.setUint16(area + VECTOR_SECTORS, VECTORS, true);
  view.setUint32(area + DWORDS, Math.floor(parts.loader.length / 4), true);
  const first = Math.min(sectors - 1, FIRST_READ);
  const rest = sectors - 1 - first;
  layExtent(view, pointer(EXTENTS), sector + 1, first);
  if (rest > 0) layExtent(view, pointer(EXTENTS) + EXTENT_BYTES, sector + 1 + first, rest);
  for (let index = 0; index < VECTORS; index++) {
    view.setBigUint64(pointer(VECTOR_POINTERS) + 8 * index, BigInt(sector + sectors + index), true);
    layVector(view, (sectors + index) * SECTOR_BYTES);
  }
  view.setUint32(area + CHECKSUM, 0, true);
  view.setUint32(area + CHECKSUM, MAGIC - sum(view, 0, parts.loader.length), true);
  return { loader, boot: bootCode(parts.bootSector, boot, sector, pointer(FIRST_SECTOR_LOW), pointer(FIRST_SECTOR_HIGH)) };
}

function patchArea(view: DataView, length: Bytes): number | undefined {
  for (let at = 0; at + EXTENSION + 2 <= Math.min(length, SECTOR_BYTES); at += 4) if (view.getUint32(at, true) === MAGIC) return at;
  return undefined;
}

/** The sum of the whole dwords in a range. */
function sum(view: DataView, from: number, length: Bytes): number {
  let total = 0;
  for (let at = from; at + 4 <= from + length; at += 4) total = (total + view.getUint32(at, true)) >>> 0;
  return total;
}

function layExtent(view: DataView, at: number, sector: number, count: number): void {
  view.setBigUint64(at, BigInt(sector), true);
  view.setUint16(at + 8, count, true);
}

function layVector(view: DataView, at: number): void {
  view.setUint32(at, VECTOR_HEAD, true);
  view.setUint32(at + 4, VECTOR_SUM - sum(view, at + 8, SECTOR_BYTES - 12), true);
  view.setUint32(at + SECTOR_BYTES - 4, VECTOR_TAIL, true);
}

/** The volume's boot sector with its parameter block, and the code around it. */
function bootCode(code: Uint8Array, boot: readonly number[], sector: number, low: number, high: number): number[] {
  const bytes = boot.map((byte, at) => (at < JUMP_END || (at >= CODE && at < CODE_END) ? code[at]! : byte));
  const put = (at: number, value: number): void => {
    for (let index = 0; index < 4; index++) if (at + index < CODE_END) bytes[at + index] = (value >>> (8 * index)) & 0xff;
  };
  put(low, sector);
  put(high, 0);
  return bytes;
}
