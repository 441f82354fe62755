import type { Bytes } from '../../../quantities/units';
import type { ImagePiece } from '../../types';
import type { TreeNode } from '../file-tree';
import type { Allocator, Extent } from './blocks';
import { INODE_BYTES, type Ext2Layout } from './layout';
import { FIRST_INODE, groupDescriptor, inode, superblock, SUPERBLOCK_BYTES } from './records';

/** Something with an inode. */
export interface Item {
  readonly node: TreeNode;
  readonly inode: number;
  /** A directory's content. */
  readonly bytes: readonly number[] | undefined;
  readonly extent: Extent;
}

/** Superblocks, descriptors, bitmaps and inode tables of all groups. */
export function structures(
  { label, uuid }: { readonly label: string; readonly uuid: string },
  layout: Ext2Layout,
  allocator: Allocator,
  items: readonly Item[],
  placeOf: (block: number) => Bytes,
): ImagePiece[] {
  const { blockBytes, inodesPerGroup, groups } = layout;
  const usedInodes = FIRST_INODE - 2 + items.length;
  const counts = groups.map(({ blocks }, index) => ({
    freeBlocks: blocks - allocator.used(index),
    usedInodes: Math.min(Math.max(usedInodes - index * inodesPerGroup, 0), inodesPerGroup),
    directories: items.filter((item) => item.bytes && Math.floor((item.inode - 1) / inodesPerGroup) === index).length,
  }));
  const descriptors = counts.flatMap(({ freeBlocks, usedInodes: used, directories }, index) =>
    groupDescriptor(groups[index]!, { freeBlocks, freeInodes: inodesPerGroup - used }, directories),
  );
  const free = {
    freeBlocks: counts.reduce((sum, { freeBlocks }) => sum + freeBlocks, 0),
    freeInodes: inodesPerGroup * groups.length - usedInodes,
  };
  const bytes = (offset: Bytes, content: readonly number[]): ImagePiece => ({ kind: 'bytes', offset, bytes: content });
  return groups
    .flatMap(({ start, blocks, hasSuperblock, blockBitmap, inodeBitmap }, index) => [
      ...(hasSuperblock
        ? [
            bytes(index === 0 ? placeOf(0) + SUPERBLOCK_BYTES : placeOf(start), superblock(layout, index, free, label, uuid)),
            bytes(placeOf(start + 1), descriptors),
          ]
        : []),
      ...bitmap(placeOf(blockBitmap), allocator.used(index), blocks, blockBytes),
      ...bitmap(placeOf(inodeBitmap), counts[index]!.usedInodes, inodesPerGroup, blockBytes),
    ])
    .concat(
      items.map(({ node, inode: number, bytes: directory, extent }) => {
        const group = groups[Math.floor((number - 1) / inodesPerGroup)]!;
        const offset = placeOf(group.inodeTable) + ((number - 1) % inodesPerGroup) * INODE_BYTES;
        return bytes(offset, inodeBytes(node, directory, extent, blockBytes));
      }),
    );
}

function inodeBytes(
  node: TreeNode,
  directory: readonly number[] | undefined,
  { runs, indirect, pointers }: Extent,
  blockBytes: Bytes,
): number[] {
  const blocks = runs.reduce((sum, { count }) => sum + count, indirect.length);
  const sectors = (blocks * blockBytes) / 512;
  if (!directory) return inode('file', node.file?.sizeBytes ?? 0, 1, sectors, pointers);
  const subdirectories = node.children.filter(({ file }) => !file).length;
  return inode('directory', directory.length, 2 + subdirectories, sectors, pointers);
}

/** A bitmap whose first bits are taken; bits that stand for nothing are set. */
function bitmap(offset: Bytes, taken: number, valid: number, blockBytes: Bytes): ImagePiece[] {
  const fill = (from: number, to: number, byte: number): ImagePiece[] =>
    to > from ? [{ kind: 'fill', offset: offset + from, length: to - from, byte }] : [];
  const partial = taken >> 3;
  const end = valid >> 3;
  const bits = (at: number): number => {
    const bit = (index: number): number => (index < taken || index >= valid ? 1 : 0);
    return Array.from({ length: 8 }, (_, index) => bit(8 * at + index) << index).reduce((byte, set) => byte | set, 0);
  };
  const edges = [partial, end].filter((at) => at < blockBytes);
  return [
    ...fill(0, blockBytes, 0xff),
    ...fill(partial, end, 0),
    ...edges.map((at): ImagePiece => ({ kind: 'bytes', offset: offset + at, bytes: [bits(at)] })),
  ];
}
