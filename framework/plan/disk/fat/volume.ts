import { littleEndian } from '../../../quantities/little-endian';
import type { ImagePiece } from '../../types';
import { dependentFile, fileTree, type TreeFile, type TreeNode } from '../file-tree';
import { filePiece } from '../recipe-source';
import { installSyslinux, loaderFile, type Syslinux } from '../syslinux';
import { bootSector, type FatLayout, fatLayout, infoSector } from './layout';
import { longEntries, shortName } from './names';

/** A FAT volume with files; directories are made as the paths need them. The same input gives the same bytes. */
export interface FatVolume {
  /** First sector in the image, and number of sectors. */
  readonly lba: number;
  readonly sectors: number;
  readonly label: string;
  readonly files: readonly TreeFile[];
  /** Makes the volume one that SYSLINUX boots: its loader is the first file of the root. */
  readonly syslinux?: Syslinux | undefined;
}

const NO_ROOM = 'the files do not fit into the file system';
const SECTOR = 512;
const ENTRY = 32;
const DIRECTORY = 0x10;
const ARCHIVE = 0x20;
const VOLUME_LABEL = 0x08;
/** 2024-01-01, 0:00. */
const DATE = ((2024 - 1980) << 9) | (1 << 5) | 1;

/** The pieces of the volume, or why there is none. */
export function fatPieces(volume: FatVolume): ImagePiece[] | string {
  const layout = fatLayout(volume.sectors);
  if (!layout) return `no FAT fits ${volume.sectors} sectors`;
  const { files, syslinux } = volume;
  const root = fileTree([...(syslinux ? [loaderFile(syslinux)] : []), ...files], (name) => name.toUpperCase());
  if (typeof root === 'string') return root;
  if (files.reduce((sum, { file }) => sum + file.sizeBytes, 0) > volume.sectors * SECTOR) return NO_ROOM;
  return new Writer(volume, layout, root).pieces();
}

class Writer {
  private readonly clusterBytes: number;
  private next = 2;
  /** First clusters. */
  private readonly clusters = new Map<TreeNode, number>();
  private readonly fat: number[];

  constructor(
    private readonly volume: FatVolume,
    private readonly layout: FatLayout,
    private readonly root: TreeNode,
  ) {
    this.clusterBytes = layout.sectorsPerCluster * SECTOR;
    this.fat = [0x0fff_ff00 | layout.media, 0x0fff_ffff];
  }

  pieces(): ImagePiece[] | string {
    const { volume, layout, root } = this;
    if (layout.bits === 32) this.allocate(root);
    else if (this.entries(root, root) * ENTRY > layout.rootEntries * ENTRY) return 'the root directory is full';
    this.allocateBelow(root);
    if (this.next - 2 > layout.clusters) return NO_ROOM;
    const plain = bootSector(layout, volume.lba, volume.label);
    const installed = this.installed(plain);
    if (typeof installed === 'string') return installed;
    const boot = installed?.boot ?? plain;
    const bytes = (sector: number, content: readonly number[]): ImagePiece => ({
      kind: 'bytes',
      offset: (volume.lba + sector) * SECTOR,
      bytes: content,
    });
    const table = this.fatBytes();
    return [
      { kind: 'fill', offset: volume.lba * SECTOR, length: volume.sectors * SECTOR, byte: 0 },
      bytes(0, boot),
      ...(layout.bits === 32 ? [bytes(1, infoSector()), bytes(6, boot), bytes(7, infoSector())] : []),
      bytes(layout.reserved, table),
      bytes(layout.reserved + layout.fatSectors, table),
      ...this.contents(root, root),
      ...(installed ? [bytes(this.place(dependentFile(root)!) / SECTOR - volume.lba, Array.from(installed.loader))] : []),
    ];
  }

  private installed(boot: readonly number[]): { readonly loader: Uint8Array; readonly boot: number[] } | string | undefined {
    const { syslinux, lba } = this.volume;
    return syslinux && installSyslinux(syslinux, boot, this.place(dependentFile(this.root)!) / SECTOR - lba);
  }

  /** How many entries a directory has. */
  private entries(directory: TreeNode, parent: TreeNode): number {
    return this.directoryBytes(directory, parent).length / ENTRY;
  }

  private allocate(node: TreeNode, parent: TreeNode = node): void {
    const size = node.file ? node.file.sizeBytes : this.directoryBytes(node, parent).length;
    const clusters = Math.max(node.file ? 0 : 1, Math.ceil(size / this.clusterBytes));
    if (clusters > 0) this.clusters.set(node, this.next);
    for (let index = 1; index <= clusters; index++) this.fat.push(index === clusters ? 0x0fff_ffff : this.next + index);
    this.next += clusters;
  }

  private allocateBelow(directory: TreeNode): void {
    for (const child of directory.children) {
      this.allocate(child, directory);
      this.allocateBelow(child);
    }
  }

  private fatBytes(): number[] {
    const { bits } = this.layout;
    if (bits !== 12) return this.fat.flatMap((value) => littleEndian(value, bits / 8));
    const bytes: number[] = [];
    for (let index = 0; index < this.fat.length; index += 2) {
      const pair = (this.fat[index]! & 0xfff) | (((this.fat[index + 1] ?? 0) & 0xfff) << 12);
      bytes.push(pair & 0xff, (pair >> 8) & 0xff, pair >> 16);
    }
    return bytes;
  }

  /** The first one; 0 without any, and until it is allocated. */
  private clusterOf(node: TreeNode): number {
    return this.clusters.get(node) ?? 0;
  }

  private place(node: TreeNode): number {
    const { volume, layout } = this;
    const sector =
      node === this.root && layout.bits !== 32
        ? layout.dataSector - (layout.rootEntries * ENTRY) / SECTOR
        : layout.dataSector + (this.clusterOf(node) - 2) * layout.sectorsPerCluster;
    return (volume.lba + sector) * SECTOR;
  }

  private contents(node: TreeNode, parent: TreeNode): ImagePiece[] {
    if (node.file) return node.file.sizeBytes > 0 && 'sha256' in node.file ? [filePiece(this.place(node), node.file)] : [];
    return [
      { kind: 'bytes', offset: this.place(node), bytes: this.directoryBytes(node, parent) },
      ...node.children.flatMap((child) => this.contents(child, node)),
    ];
  }

  private directoryBytes(directory: TreeNode, parent: TreeNode): number[] {
    const bytes: number[] = [];
    if (directory === this.root) bytes.push(...entry(this.volume.label.padEnd(11), VOLUME_LABEL, 0, 0));
    else {
      bytes.push(...entry('.'.padEnd(11), DIRECTORY, this.clusterOf(directory), 0));
      bytes.push(...entry('..'.padEnd(11), DIRECTORY, parent === this.root ? 0 : this.clusterOf(parent), 0));
    }
    const taken = new Set<string>();
    for (const child of directory.children) {
      const short = shortName(child.name, taken);
      taken.add(short);
      const size = child.file?.sizeBytes ?? 0;
      bytes.push(...longEntries(child.name, short), ...entry(short, child.file ? ARCHIVE : DIRECTORY, this.clusterOf(child), size));
    }
    return bytes;
  }
}

function entry(short: string, attribute: number, cluster: number, size: number): number[] {
  const bytes = new Array<number>(ENTRY).fill(0);
  const put = (at: number, length: number, value: number): void => {
    bytes.splice(at, length, ...littleEndian(value, length));
  };
  for (const [index, letter] of Array.from(short).entries()) bytes[index] = letter.charCodeAt(0);
  put(11, 1, attribute);
  put(16, 2, DATE);
  put(18, 2, DATE);
  put(20, 2, Math.floor(cluster / 0x1_0000));
  put(24, 2, DATE);
  put(26, 2, cluster & 0xffff);
  put(28, 4, size);
  return bytes;
}
