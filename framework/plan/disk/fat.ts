import type { FileContent, ImagePiece } from '../types';
import { filePiece } from './recipe-source';
import { bootSector, type FatLayout, fatLayout, infoSector } from './fat-layout';
import { longEntries, shortName } from './fat-names';
import { installedBytes, installSyslinux, type Syslinux } from './syslinux';

/** A FAT volume with files; directories are made as the paths need them. The same input gives the same bytes. */
export interface FatVolume {
  /** First sector in the image, and number of sectors. */
  readonly lba: number;
  readonly sectors: number;
  readonly label: string;
  /** Paths with slashes. */
  readonly files: readonly { readonly path: string; readonly file: FileContent }[];
  /** Makes the volume one that SYSLINUX boots: its loader is the first file of the root. */
  readonly syslinux?: Syslinux | undefined;
}

const SECTOR = 512;
const ENTRY = 32;
const DIRECTORY = 0x10;
const ARCHIVE = 0x20;
const VOLUME_LABEL = 0x08;
/** 2024-01-01, 0:00. */
const DATE = ((2024 - 1980) << 9) | (1 << 5) | 1;

const SYSLINUX_LOADER = 'ldlinux.sys';

interface Node {
  readonly name: string;
  readonly children: Node[];
  /** What a file holds: another file, or for SYSLINUX's loader bytes that depend on where it lies. */
  readonly file: FileContent | { readonly sizeBytes: number } | undefined;
  cluster: number;
  clusters: number;
}

/** The pieces of the volume, or why there is none. */
export function fatPieces(volume: FatVolume): ImagePiece[] | string {
  const layout = fatLayout(volume.sectors);
  if (!layout) return `no FAT fits ${volume.sectors} sectors`;
  const root = tree(volume);
  if (typeof root === 'string') return root;
  return new Writer(volume, layout, root).pieces();
}

function tree({ files, syslinux }: FatVolume): Node | string {
  const root: Node = { name: '', children: [], file: undefined, cluster: 0, clusters: 0 };
  if (syslinux)
    root.children.push({ name: SYSLINUX_LOADER, children: [], file: { sizeBytes: installedBytes(syslinux) }, cluster: 0, clusters: 0 });
  for (const { path, file } of files) {
    const parts = path.split('/');
    let at = root;
    for (const [index, name] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const known = at.children.find((child) => child.name.toUpperCase() === name.toUpperCase());
      if (known && (isLast || known.file)) return `${path} is there twice`;
      const next = known ?? { name, children: [], file: isLast ? file : undefined, cluster: 0, clusters: 0 };
      if (!known) at.children.push(next);
      at = next;
    }
  }
  return root;
}

class Writer {
  private readonly clusterBytes: number;
  private next = 2;
  private readonly fat: number[];

  constructor(
    private readonly volume: FatVolume,
    private readonly layout: FatLayout,
    private readonly root: Node,
  ) {
    this.clusterBytes = layout.sectorsPerCluster * SECTOR;
    this.fat = [0x0fff_ff00 | layout.media, 0x0fff_ffff];
  }

  pieces(): ImagePiece[] | string {
    const { volume, layout, root } = this;
    if (layout.bits === 32) this.allocate(root);
    else if (this.entries(root, root) * ENTRY > layout.rootEntries * ENTRY) return 'the root directory is full';
    this.allocateBelow(root);
    if (this.next - 2 > layout.clusters) return 'the files do not fit into the file system';
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
      ...(installed ? [bytes(this.place(root.children[0]!) / SECTOR - volume.lba, Array.from(installed.loader))] : []),
    ];
  }

  private installed(boot: readonly number[]): { readonly loader: Uint8Array; readonly boot: number[] } | string | undefined {
    const { syslinux, lba } = this.volume;
    return syslinux && installSyslinux(syslinux, boot, this.place(this.root.children[0]!) / SECTOR - lba);
  }

  /** How many entries a directory has. */
  private entries(directory: Node, parent: Node): number {
    return this.directoryBytes(directory, parent).length / ENTRY;
  }

  private allocate(node: Node, parent: Node = node): void {
    const size = node.file ? node.file.sizeBytes : this.directoryBytes(node, parent).length;
    node.clusters = Math.max(node.file ? 0 : 1, Math.ceil(size / this.clusterBytes));
    node.cluster = node.clusters > 0 ? this.next : 0;
    for (let index = 1; index <= node.clusters; index++) this.fat.push(index === node.clusters ? 0x0fff_ffff : this.next + index);
    this.next += node.clusters;
  }

  private allocateBelow(directory: Node): void {
    for (const child of directory.children) {
      this.allocate(child, directory);
      this.allocateBelow(child);
    }
  }

  private fatBytes(): number[] {
    const { bits } = this.layout;
    if (bits !== 12) return this.fat.flatMap((value) => Array.from({ length: bits / 8 }, (_, index) => (value >>> (8 * index)) & 0xff));
    const bytes: number[] = [];
    for (let index = 0; index < this.fat.length; index += 2) {
      const pair = (this.fat[index]! & 0xfff) | (((this.fat[index + 1] ?? 0) & 0xfff) << 12);
      bytes.push(pair & 0xff, (pair >> 8) & 0xff, pair >> 16);
    }
    return bytes;
  }

  private place(node: Node): number {
    const { volume, layout } = this;
    const sector =
      node === this.root && layout.bits !== 32
        ? layout.dataSector - (layout.rootEntries * ENTRY) / SECTOR
        : layout.dataSector + (node.cluster - 2) * layout.sectorsPerCluster;
    return (volume.lba + sector) * SECTOR;
  }

  private contents(node: Node, parent: Node): ImagePiece[] {
    if (node.file) return node.clusters > 0 && 'sha256' in node.file ? [filePiece(this.place(node), node.file)] : [];
    return [
      { kind: 'bytes', offset: this.place(node), bytes: this.directoryBytes(node, parent) },
      ...node.children.flatMap((child) => this.contents(child, node)),
    ];
  }

  private directoryBytes(directory: Node, parent: Node): number[] {
    const bytes: number[] = [];
    if (directory === this.root) bytes.push(...entry(this.volume.label.padEnd(11), VOLUME_LABEL, 0, 0));
    else {
      bytes.push(...entry('.'.padEnd(11), DIRECTORY, directory.cluster, 0));
      bytes.push(...entry('..'.padEnd(11), DIRECTORY, parent === this.root ? 0 : parent.cluster, 0));
    }
    const taken = new Set<string>();
    for (const child of directory.children) {
      const short = shortName(child.name, taken);
      taken.add(short);
      const size = child.file?.sizeBytes ?? 0;
      bytes.push(...longEntries(child.name, short), ...entry(short, child.file ? ARCHIVE : DIRECTORY, child.cluster, size));
    }
    return bytes;
  }
}

function entry(short: string, attribute: number, cluster: number, size: number): number[] {
  const bytes = new Array<number>(ENTRY).fill(0);
  const put = (at: number, length: number, value: number): void => {
    for (let i = 0; i < length; i++) bytes[at + i] = Math.floor(value / 2 ** (8 * i)) & 0xff;
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
