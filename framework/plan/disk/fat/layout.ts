import { littleEndian } from '../../../quantities/little-endian';

/** Which FAT a volume of some size gets, and where its parts lie (FAT specification, 3). */

export interface FatLayout {
  readonly bits: 12 | 16 | 32;
  readonly sectors: number;
  readonly sectorsPerCluster: number;
  readonly reserved: number;
  readonly fatSectors: number;
  /** Entries of the fixed root directory; 0 on FAT32. */
  readonly rootEntries: number;
  /** First sector of cluster 2. */
  readonly dataSector: number;
  readonly clusters: number;
  readonly media: number;
  readonly sectorsPerTrack: number;
  readonly heads: number;
}

const FATS = 2;
const ENTRIES_PER_SECTOR = 16;
const FAT12_SECTORS = 8400;
const FAT16_SECTORS = 1_048_576;
const MOST_CLUSTERS = { 12: 4084, 16: 65_524, 32: 0x0fff_fff5 } as const;
const LEAST_CLUSTERS = { 12: 1, 16: 4085, 32: 65_525 } as const;
const FLOPPY = { sectors: 2880, rootEntries: 224, media: 0xf0, sectorsPerTrack: 18, heads: 2 } as const;
const DISK = { rootEntries: 512, media: 0xf8, sectorsPerTrack: 63, heads: 255 } as const;

/** undefined: no FAT fits that size. */
export function fatLayout(sectors: number): FatLayout | undefined {
  const bits = sectors <= FAT12_SECTORS ? 12 : sectors <= FAT16_SECTORS ? 16 : 32;
  const shape = sectors === FLOPPY.sectors ? FLOPPY : DISK;
  const rootEntries = bits === 32 ? 0 : shape.rootEntries;
  const reserved = bits === 32 ? 32 : 1;
  for (let sectorsPerCluster = bits === 32 ? 8 : 1; sectorsPerCluster <= 64; sectorsPerCluster *= 2) {
    const space = sectors - reserved - rootEntries / ENTRIES_PER_SECTOR;
    const most = Math.floor(space / sectorsPerCluster) + 2;
    const fatSectors = Math.ceil((most * bits) / 8 / 512);
    const dataSector = reserved + FATS * fatSectors + rootEntries / ENTRIES_PER_SECTOR;
    const clusters = Math.floor((sectors - dataSector) / sectorsPerCluster);
    if (clusters > MOST_CLUSTERS[bits]) continue;
    if (clusters < LEAST_CLUSTERS[bits]) return undefined;
    return { ...shape, bits, sectors, sectorsPerCluster, reserved, fatSectors, rootEntries, dataSector, clusters };
  }
  return undefined;
}

/** The boot sector's parameter block (FAT specification, 3.1), with a signature and no code. */
export function bootSector(layout: FatLayout, hidden: number, label: string): number[] {
  const { bits, sectors } = layout;
  const bytes = new Array<number>(512).fill(0);
  const put = (at: number, size: number, value: number): void => {
    bytes.splice(at, size, ...littleEndian(value, size));
  };
  const text = (at: number, value: string): void => {
    for (const [index, letter] of Array.from(value).entries()) bytes[at + index] = letter.charCodeAt(0);
  };
  const extended = bits === 32 ? 64 : 36;
  bytes.splice(0, 3, 0xeb, extended + 0x18, 0x90);
  text(3, 'MILEPOST');
  put(11, 2, 512);
  put(13, 1, layout.sectorsPerCluster);
  put(14, 2, layout.reserved);
  put(16, 1, FATS);
  put(17, 2, layout.rootEntries);
  put(19, 2, bits !== 32 && sectors < 0x1_0000 ? sectors : 0);
  put(21, 1, layout.media);
  put(22, 2, bits === 32 ? 0 : layout.fatSectors);
  put(24, 2, layout.sectorsPerTrack);
  put(26, 2, layout.heads);
  put(28, 4, hidden);
  put(32, 4, bits === 32 || sectors >= 0x1_0000 ? sectors : 0);
  if (bits === 32) {
    put(36, 4, layout.fatSectors);
    put(44, 4, 2); // root directory's cluster
    put(48, 2, 1); // FSInfo
    put(50, 2, 6); // copy of the boot sector
  }
  put(extended, 1, layout.media === 0xf0 ? 0 : 0x80);
  put(extended + 2, 1, 0x29);
  put(extended + 3, 4, 0x4d49_4c45); // serial number
  text(extended + 7, label.padEnd(11));
  text(extended + 18, `FAT${bits}`.padEnd(8));
  put(510, 2, 0xaa55);
  return bytes;
}

/** FAT32's FSInfo sector: nothing is known of free clusters. */
export function infoSector(): number[] {
  const bytes = new Array<number>(512).fill(0);
  bytes.splice(0, 4, 0x52, 0x52, 0x61, 0x41);
  bytes.splice(484, 12, 0x72, 0x72, 0x41, 0x61, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
  bytes.splice(510, 2, 0x55, 0xaa);
  return bytes;
}
