import { SECTOR_BYTES, type Bytes } from '../../../quantities/units';

/** How an ext2 file system of some size is cut into block groups; block numbers count from its start. */
export interface Ext2Layout {
  readonly blockBytes: Bytes;
  readonly blocks: number;
  /** The superblock's: 1 with blocks of 1 KiB, which leave the boot block to itself. */
  readonly firstBlock: number;
  readonly blocksPerGroup: number;
  readonly inodesPerGroup: number;
  readonly groups: readonly Group[];
}

export interface Group {
  readonly start: number;
  readonly blocks: number;
  /** Whether it begins with a copy of the superblock and of the descriptors. */
  readonly hasSuperblock: boolean;
  readonly blockBitmap: number;
  readonly inodeBitmap: number;
  readonly inodeTable: number;
  /** First block that no structure of the file system takes. */
  readonly firstFree: number;
}

export const INODE_BYTES = 128;
const DESCRIPTOR_BYTES = 32;
/** File systems below it have blocks of 1 KiB, as mke2fs makes them. */
const LARGE_BYTES = 512 * 0x10_0000;
const BYTES_PER_INODE = 16_384;
/** Fewer blocks behind a last group's structures are not worth a group. */
const LEAST_FREE = 50;

/** undefined: the sectors are too few for a file system with so many inodes. */
export function ext2Layout(sectors: number, inodes: number): Ext2Layout | undefined {
  const bytes = sectors * SECTOR_BYTES;
  const blockBytes = bytes < LARGE_BYTES ? 1024 : 4096;
  const firstBlock = blockBytes === 1024 ? 1 : 0;
  const blocksPerGroup = 8 * blockBytes;
  const all = Math.floor(bytes / blockBytes);
  const most = Math.ceil((all - firstBlock) / blocksPerGroup);
  const inodesPerBlock = blockBytes / INODE_BYTES;
  const wanted = Math.max(inodes, bytes / BYTES_PER_INODE);
  // One group fewer must do for the files that are given: the last one may be dropped.
  const inodesPerGroup = Math.ceil(wanted / Math.max(1, most - 1) / inodesPerBlock) * inodesPerBlock;
  if (inodesPerGroup > 8 * blockBytes) return undefined;
  const descriptorBlocks = Math.ceil((most * DESCRIPTOR_BYTES) / blockBytes);
  const groups: Group[] = [];
  for (let start = firstBlock; start < all; start += blocksPerGroup) {
    const hasSuperblock = isBackup(groups.length);
    const blockBitmap = start + (hasSuperblock ? 1 + descriptorBlocks : 0);
    const inodeTable = blockBitmap + 2;
    const firstFree = inodeTable + inodesPerGroup / inodesPerBlock;
    const blocks = Math.min(blocksPerGroup, all - start);
    if (firstFree + LEAST_FREE > start + blocks) break;
    groups.push({ start, blocks, hasSuperblock, blockBitmap, inodeBitmap: blockBitmap + 1, inodeTable, firstFree });
  }
  const last = groups.at(-1);
  return last && { blockBytes, blocks: last.start + last.blocks, firstBlock, blocksPerGroup, inodesPerGroup, groups };
}

/** sparse_super: copies lie in group 1 and in the powers of 3, 5 and 7. */
function isBackup(group: number): boolean {
  const isPower = (base: number): boolean => {
    let power = base;
    while (power < group) power *= base;
    return power === group;
  };
  return group <= 1 || [3, 5, 7].some(isPower);
}
