import { littleEndian } from '../../../quantities/little-endian';
import { INODE_BYTES, type Ext2Layout, type Group } from './layout';

/** The structures of ext2, revision 1, as bytes (the kernel's Documentation/filesystems/ext2.rst and fs/ext2/ext2.h give the fields). */

export const ROOT_INODE = 2;
/** The first one that a file may have. */
export const FIRST_INODE = 11;
/** Blocks that an inode names itself. */
export const DIRECT = 12;

const MAGIC = 0xef53;
const VALID = 1;
const DYNAMIC_REVISION = 1;
const HAS_FILE_TYPES = 0x2;
const SPARSE_SUPERBLOCKS = 0x1;
const LARGE_FILES = 0x2;
/** 2024-01-01, 0:00, so that images do not change. */
const TIME = 1_704_067_200;
export const SUPERBLOCK_BYTES = 1024;

export type FileType = 'file' | 'directory';
const MODE = { file: 0o100_644, directory: 0o040_755 } as const;
const TYPE_BYTE = { file: 1, directory: 2 } as const;

type Field = readonly [at: number, size: number, value: number];

function record(length: number, fields: readonly Field[]): number[] {
  const bytes = new Array<number>(length).fill(0);
  for (const [at, size, value] of fields) bytes.splice(at, size, ...littleEndian(value, size));
  return bytes;
}

export interface Counts {
  readonly freeBlocks: number;
  readonly freeInodes: number;
}

/** The superblock, or the copy of it that a group has. */
export function superblock(layout: Ext2Layout, group: number, { freeBlocks, freeInodes }: Counts, label: string, uuid: string): number[] {
  const { blocks, firstBlock, blockBytes, blocksPerGroup, inodesPerGroup, groups } = layout;
  const logarithm = Math.log2(blockBytes / 1024);
  const bytes = record(SUPERBLOCK_BYTES, [
    [0, 4, inodesPerGroup * groups.length],
    [4, 4, blocks],
    [12, 4, freeBlocks],
    [16, 4, freeInodes],
    [20, 4, firstBlock],
    [24, 4, logarithm],
    [28, 4, logarithm],
    [32, 4, blocksPerGroup],
    [36, 4, blocksPerGroup],
    [40, 4, inodesPerGroup],
    [48, 4, TIME],
    [54, 2, 0xffff], // no check after so many mounts
    [56, 2, MAGIC],
    [58, 2, VALID],
    [60, 2, 1], // on errors: go on
    [64, 4, TIME],
    [76, 4, DYNAMIC_REVISION],
    [84, 4, FIRST_INODE],
    [88, 2, INODE_BYTES],
    [90, 2, group],
    [96, 4, HAS_FILE_TYPES],
    [100, 4, SPARSE_SUPERBLOCKS | LARGE_FILES],
  ]);
  bytes.splice(104, 16, ...uuid.split('-').flatMap((part) => Array.from(part.match(/../g) ?? [], (pair) => parseInt(pair, 16))));
  const name = Array.from(new TextEncoder().encode(label));
  bytes.splice(120, name.length, ...name);
  return bytes;
}

export function groupDescriptor(
  { blockBitmap, inodeBitmap, inodeTable }: Group,
  { freeBlocks, freeInodes }: Counts,
  directories: number,
): number[] {
  return record(32, [
    [0, 4, blockBitmap],
    [4, 4, inodeBitmap],
    [8, 4, inodeTable],
    [12, 2, freeBlocks],
    [14, 2, freeInodes],
    [16, 2, directories],
  ]);
}

/** An inode. `pointers` are its 12 direct blocks and those of the single, double and triple indirect ones. */
export function inode(type: FileType, sizeBytes: number, links: number, sectors: number, pointers: readonly number[]): number[] {
  return record(INODE_BYTES, [
    [0, 2, MODE[type]],
    [4, 4, sizeBytes % 2 ** 32],
    ...[8, 12, 16].map((at): Field => [at, 4, TIME]),
    [26, 2, links],
    [28, 4, sectors],
    ...pointers.map((pointer, index): Field => [40 + 4 * index, 4, pointer]),
    [108, 4, type === 'file' ? Math.floor(sizeBytes / 2 ** 32) : 0],
  ]);
}

export interface DirectoryEntry {
  readonly name: string;
  readonly inode: number;
  readonly type: FileType;
}

/** The blocks of a directory: no entry crosses a block, and the last one of each fills it up. */
export function directoryBytes(entries: readonly DirectoryEntry[], blockBytes: number): number[] {
  const bytes: number[] = [];
  let last = 0;
  const fillUp = (): void => {
    const end = Math.ceil(bytes.length / blockBytes) * blockBytes;
    const length = end - last;
    bytes.splice(last + 4, 2, length & 0xff, length >> 8);
    while (bytes.length < end) bytes.push(0);
  };
  for (const { name, inode: number, type } of entries) {
    const text = Array.from(new TextEncoder().encode(name));
    const length = Math.ceil((8 + text.length) / 4) * 4;
    if ((bytes.length % blockBytes) + length > blockBytes) fillUp();
    last = bytes.length;
    const head = record(length, [
      [0, 4, number],
      [4, 2, length],
      [6, 1, text.length],
      [7, 1, TYPE_BYTE[type]],
    ]);
    head.splice(8, text.length, ...text);
    bytes.push(...head);
  }
  fillUp();
  return bytes;
}
