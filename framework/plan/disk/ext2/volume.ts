import { littleEndian } from '../../../quantities/little-endian';
import { SECTOR_BYTES, type Bytes } from '../../../quantities/units';
import type { ImagePiece } from '../../types';
import { dependentFile, fileTree, type TreeFile, type TreeNode } from '../file-tree';
import { filePiece } from '../recipe-source';
import { installSyslinux, loaderFile, type Syslinux } from '../syslinux';
import { Allocator, type Run } from './blocks';
import { ext2Layout, type Ext2Layout } from './layout';
import { directoryBytes, FIRST_INODE, ROOT_INODE } from './records';
import { structures, type Item } from './structures';

/** An ext2 file system with files; directories are made as the paths need them. The same input gives the same bytes. */
export interface Ext2Volume {
  /** First sector in the image, and number of sectors. */
  readonly lba: number;
  readonly sectors: number;
  readonly label: string;
  readonly uuid: string;
  readonly files: readonly TreeFile[];
  /** Makes the volume one that EXTLINUX boots. */
  readonly extlinux?: Syslinux | undefined;
}

const SECTORS_PER_TRACK = 63;
const HEADS = 255;
const LOST: TreeNode = { name: 'lost+found', children: [], file: undefined };

/** The pieces of the volume, or why there is none. */
export function ext2Pieces(volume: Ext2Volume): ImagePiece[] | string {
  const { extlinux, sectors, files, lba } = volume;
  const tree = fileTree([...(extlinux ? [loaderFile(extlinux)] : []), ...files]);
  if (typeof tree === 'string') return tree;
  if (tree.children.some(({ name }) => name === LOST.name)) return `${LOST.name} is the file system's own`;
  const root: TreeNode = { ...tree, children: [LOST, ...tree.children] };
  const inodes = numbered(root);
  const layout = ext2Layout(sectors, FIRST_INODE + inodes.size);
  if (!layout) return `no ext2 file system fits ${sectors} sectors`;
  const fileBytes = [...inodes.keys()].reduce((sum, { file }) => sum + (file?.sizeBytes ?? 0), 0);
  const allocator = new Allocator(layout);
  const items = fileBytes > sectors * SECTOR_BYTES ? undefined : placed(root, inodes, layout, allocator);
  if (!items) return 'the files do not fit into the file system';
  const placeOf = (block: number): Bytes => lba * SECTOR_BYTES + block * layout.blockBytes;
  const pieces = [
    { kind: 'fill', offset: placeOf(0), length: sectors * SECTOR_BYTES, byte: 0 } as const,
    ...structures(volume, layout, allocator, items, placeOf),
    ...items.flatMap((item) => contents(item, layout.blockBytes, placeOf)),
  ];
  if (!extlinux) return pieces;
  const loader = dependentFile(root);
  const installation = installed(extlinux, volume, layout, items.find(({ node }) => node === loader)!.extent.runs);
  return typeof installation === 'string' ? installation : [...pieces, ...installation];
}

/** Every file and directory with its inode number. */
function numbered(root: TreeNode): Map<TreeNode, number> {
  const inodes = new Map([[root, ROOT_INODE]]);
  const walk = ({ children }: TreeNode): void => {
    for (const child of children) {
      inodes.set(child, FIRST_INODE + inodes.size - 1);
      walk(child);
    }
  };
  walk(root);
  return inodes;
}

function placed(
  root: TreeNode,
  inodes: ReadonlyMap<TreeNode, number>,
  { blockBytes }: Ext2Layout,
  allocator: Allocator,
): Item[] | undefined {
  const items: Item[] = [];
  const place = (node: TreeNode, parent: number): boolean => {
    const own = inodes.get(node)!;
    const entry = (child: TreeNode) => ({ name: child.name, inode: inodes.get(child)!, type: child.file ? 'file' : 'directory' }) as const;
    const dots = [
      { name: '.', inode: own, type: 'directory' },
      { name: '..', inode: parent, type: 'directory' },
    ] as const;
    const bytes = node.file ? undefined : directoryBytes([...dots, ...node.children.map(entry)], blockBytes);
    const extent = allocator.place(Math.ceil((node.file?.sizeBytes ?? bytes!.length) / blockBytes));
    if (!extent) return false;
    items.push({ node, inode: own, bytes, extent });
    return node.children.every((child) => place(child, own));
  };
  return place(root, ROOT_INODE) ? items : undefined;
}

/** What a file holds, in as many parts as its runs, and the blocks that point to it. */
function contents({ node: { file }, bytes, extent }: Item, blockBytes: Bytes, placeOf: (block: number) => Bytes): ImagePiece[] {
  let from = 0;
  const pieces: ImagePiece[] = [];
  for (const { first, count } of extent.runs) {
    const length = count * blockBytes;
    if (bytes) pieces.push({ kind: 'bytes', offset: placeOf(first), bytes: bytes.slice(from, from + length) });
    else if (file && 'sha256' in file)
      pieces.push(filePiece(placeOf(first), file, { from, length: Math.min(length, file.sizeBytes - from) }));
    from += length;
  }
  return [
    ...pieces,
    ...extent.indirect.map(
      ({ block, pointers }) =>
        ({ kind: 'bytes', offset: placeOf(block), bytes: pointers.flatMap((pointer) => littleEndian(pointer, 4)) }) as const,
    ),
  ];
}

/** What EXTLINUX's installer adds: the loader's bytes, which tell where they lie, and a boot sector that finds them. */
function installed(parts: Syslinux, { lba, sectors }: Ext2Volume, { blockBytes }: Ext2Layout, runs: readonly Run[]): ImagePiece[] | string {
  const [run, ...more] = runs;
  if (!run || more.length > 0) return 'the loader of EXTLINUX does not fit into the first block group';
  const sector = (run.first * blockBytes) / SECTOR_BYTES;
  const result = installSyslinux(parts, parameterBlock(parts.bootSector, lba, sectors), sector);
  if (typeof result === 'string') return result;
  const bytes = (at: number, content: Iterable<number>): ImagePiece => ({
    kind: 'bytes',
    offset: (lba + at) * SECTOR_BYTES,
    bytes: [...content],
  });
  return [bytes(0, result.boot), bytes(sector, result.loader)];
}

/** EXTLINUX's boot sector is told of its partition as one of FAT is (FAT specification, 3.1). */
function parameterBlock(bootSector: Uint8Array, hidden: number, sectors: number): number[] {
  const bytes = Array.from(bootSector);
  bytes.splice(11, 2, ...littleEndian(SECTOR_BYTES, 2));
  bytes.splice(19, 2, ...littleEndian(sectors < 0x1_0000 ? sectors : 0, 2));
  bytes.splice(24, 4, ...littleEndian(SECTORS_PER_TRACK, 2), ...littleEndian(HEADS, 2));
  bytes.splice(28, 8, ...littleEndian(hidden, 4), ...littleEndian(sectors < 0x1_0000 ? 0 : sectors, 4));
  return bytes;
}
