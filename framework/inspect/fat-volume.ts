import { ByteView } from './byte-view';
import type { SectorReader } from './partition-table';

/** Files of a FAT12, FAT16 or FAT32 file system (FAT specification, Microsoft 1.03), read by sector numbers from the volume's start. */

export interface FatFile {
  /** With slashes, without one in front. */
  readonly path: string;
  /** First sector of its content. Empty files have none and are left out. */
  readonly firstSector: number;
  readonly sizeBytes: number;
}

const SECTOR = 512;
const ENTRY = 32;
const LONG_NAME = 0x0f;
const VOLUME_LABEL = 0x08;
const DIRECTORY = 0x10;
const DELETED = 0xe5;
/** Offsets of the 13 characters of a long entry. */
const LONG_CHARACTERS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
const LONG_PARTS_MAX = 20;
/** Limits against hostile volumes. */
const FILES_MAX = 20_000;
const DIRECTORY_CLUSTERS_MAX = 4096;
const DEPTH_MAX = 32;

/** Every file of the volume; undefined when there is no FAT. */
export function listFatFiles(read: SectorReader): FatFile[] | undefined {
  const boot = new ByteView(read(0, 1));
  const volume = boot.u16(510) === 0xaa55 && boot.u16(11) === SECTOR ? new Volume(boot, read) : undefined;
  return volume?.isSane ? volume.list() : undefined;
}

class Volume {
  private readonly perCluster: number;
  private readonly reserved: number;
  private readonly rootSector: number;
  private readonly rootSectors: number;
  private readonly dataSector: number;
  private readonly clusters: number;
  private readonly bits: 12 | 16 | 32;
  readonly isSane: boolean;
  private readonly files: FatFile[] = [];
  private readonly seen = new Set<number>();

  constructor(
    private readonly boot: ByteView,
    private readonly read: SectorReader,
  ) {
    this.perCluster = boot.u8(13);
    this.reserved = boot.u16(14);
    const fatSectors = boot.u16(22) || boot.u32(36);
    this.rootSector = this.reserved + boot.u8(16) * fatSectors;
    this.rootSectors = Math.ceil((boot.u16(17) * ENTRY) / SECTOR);
    this.dataSector = this.rootSector + this.rootSectors;
    const sectors = boot.u16(19) || boot.u32(32);
    this.clusters = Math.floor((sectors - this.dataSector) / Math.max(1, this.perCluster));
    this.bits = this.clusters < 4085 ? 12 : this.clusters < 65_525 ? 16 : 32;
    const isPowerOfTwo = this.perCluster !== 0 && (this.perCluster & (this.perCluster - 1)) === 0;
    this.isSane = isPowerOfTwo && this.reserved > 0 && fatSectors > 0 && this.clusters > 0;
  }

  list(): FatFile[] {
    if (this.bits === 32) this.directory(this.chain(this.boot.u32(44)), '', 0);
    else this.directory([this.read(this.rootSector, this.rootSectors)], '', 0);
    return this.files;
  }

  private sectorOf(cluster: number): number {
    return this.dataSector + (cluster - 2) * this.perCluster;
  }

  private *chain(first: number): Iterable<Uint8Array> {
    let cluster = first;
    for (let count = 0; count < DIRECTORY_CLUSTERS_MAX && cluster >= 2 && cluster < this.clusters + 2; count++) {
      if (this.seen.has(cluster)) return;
      this.seen.add(cluster);
      yield this.read(this.sectorOf(cluster), this.perCluster);
      cluster = this.next(cluster);
    }
  }

  private next(cluster: number): number {
    const at = Math.floor((cluster * this.bits) / 8);
    const view = new ByteView(this.read(this.reserved + Math.floor(at / SECTOR), 2));
    const offset = at % SECTOR;
    if (this.bits === 32) return view.u32(offset) & 0x0fff_ffff;
    if (this.bits === 16) return view.u16(offset);
    return (view.u16(offset) >> (cluster & 1 ? 4 : 0)) & 0xfff;
  }

  private directory(clusters: Iterable<Uint8Array>, path: string, depth: number): void {
    const below: (readonly [name: string, cluster: number])[] = [];
    let long: string[] = [];
    for (const bytes of clusters) {
      const view = new ByteView(bytes);
      for (let at = 0; at < bytes.length; at += ENTRY) {
        const lead = view.u8(at);
        if (lead === 0) return this.descend(below, path, depth);
        const attributes = view.u8(at + 11);
        if (lead === DELETED) {
          long = [];
        } else if (attributes === LONG_NAME) {
          long = [longPart(view, at), ...long].slice(0, LONG_PARTS_MAX);
        } else {
          const name = long.length > 0 ? long.join('') : shortName(view, at);
          long = [];
          if ((attributes & VOLUME_LABEL) !== 0 || name === '.' || name === '..') continue;
          const cluster = view.u16(at + 26) + view.u16(at + 20) * 0x1_0000;
          if (attributes & DIRECTORY) below.push([name, cluster]);
          else this.file(`${path}${name}`, cluster, view.u32(at + 28));
        }
      }
    }
    this.descend(below, path, depth);
  }

  private descend(below: readonly (readonly [string, number])[], path: string, depth: number): void {
    if (depth >= DEPTH_MAX) return;
    for (const [name, cluster] of below) this.directory(this.chain(cluster), `${path}${name}/`, depth + 1);
  }

  private file(path: string, cluster: number, sizeBytes: number): void {
    if (sizeBytes === 0 || cluster < 2 || cluster >= this.clusters + 2 || this.files.length >= FILES_MAX) return;
    this.files.push({ path, firstSector: this.sectorOf(cluster), sizeBytes });
  }
}

function longPart(view: ByteView, at: number): string {
  const codes = LONG_CHARACTERS.map((offset) => view.u16(at + offset));
  const end = codes.findIndex((code) => code === 0 || code === 0xffff);
  return String.fromCharCode(...(end < 0 ? codes : codes.slice(0, end)));
}

function shortName(view: ByteView, at: number): string {
  const base = view.text(at, 8).trimEnd();
  const extension = view.text(at + 8, 3).trimEnd();
  return extension === '' ? base : `${base}.${extension}`;
}
