/** IDENTIFY DEVICE data, ATA/ATAPI-7 volume 1, 6.17. */

export interface DriveStrings {
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
}

/** Parallel ATA, or Serial ATA of the first generation. */
export type DriveInterface = 'parallel' | 'serial';

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

export const MAX_MULTIPLE = 16;
const LBA28_MAX = 0x0fff_ffff;

/** Default translation: 16 heads of 63 sectors, 2 to 16383 cylinders. */
export function defaultGeometry(sectors: number): Geometry {
  const cylinders = Math.floor(sectors / (16 * 63));
  return { cylinders: Math.min(16383, Math.max(2, cylinders)), heads: 16, sectorsPerTrack: 63 };
}

/** An ATA string: two characters a word, first one in the high byte, padded with spaces. */
function putText(words: Uint16Array, at: number, length: number, text: string): void {
  const padded = text.padEnd(length * 2).slice(0, length * 2);
  for (let i = 0; i < length; i++) words[at + i] = (padded.charCodeAt(2 * i) << 8) | padded.charCodeAt(2 * i + 1);
}

function putStrings(words: Uint16Array, strings: DriveStrings): void {
  putText(words, 10, 10, strings.serial);
  putText(words, 23, 4, strings.firmware);
  putText(words, 27, 20, strings.model);
}

function toBytes(words: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(512);
  for (const [index, word] of words.entries()) {
    bytes[2 * index] = word & 0xff;
    bytes[2 * index + 1] = word >> 8;
  }
  return bytes;
}

/** Mode selected in a word 63 or 88: supported modes in the low byte, selected one in the high byte. */
function modes(supported: number, selected: number | undefined): number {
  return supported | (selected === undefined ? 0 : 0x100 << selected);
}

export interface DiskIdentity {
  readonly cable: DriveInterface;
  readonly strings: DriveStrings;
  readonly sectors: number;
  /** The translation in force (INITIALIZE DEVICE PARAMETERS). */
  readonly current: Geometry;
  readonly multiple: number;
  readonly multiwordMode: number | undefined;
  readonly ultraMode: number | undefined;
  readonly writeCache: boolean;
}

export function identifyDisk(disk: DiskIdentity): Uint8Array {
  const words = new Uint16Array(256);
  const fixed = defaultGeometry(disk.sectors);
  const { current } = disk;
  const currentCapacity = current.cylinders * current.heads * current.sectorsPerTrack;
  const lba28 = Math.min(disk.sectors, LBA28_MAX);
  words[0] = 0x0040; // fixed drive
  words[1] = fixed.cylinders;
  words[3] = fixed.heads;
  words[6] = fixed.sectorsPerTrack;
  putStrings(words, disk.strings);
  words[47] = 0x8000 | MAX_MULTIPLE;
  words[48] = 1; // 32-bit data port accesses
  words[49] = 0x0b00; // LBA, DMA, IORDY
  words[50] = 0x4000;
  words[51] = 0x0200;
  words[52] = 0x0200;
  words[53] = 0x0007; // words 54-58, 64-70 and 88 are valid
  words.set([current.cylinders, current.heads, current.sectorsPerTrack, currentCapacity & 0xffff, currentCapacity >>> 16], 54);
  words[59] = disk.multiple ? 0x0100 | disk.multiple : 0;
  words.set([lba28 & 0xffff, lba28 >>> 16], 60);
  words[63] = modes(0x07, disk.multiwordMode);
  words[64] = 0x0003; // PIO modes 3 and 4
  words.fill(120, 65, 69); // cycle times, ns
  words[80] = 0x00f0; // ATA/ATAPI-4 to 7
  words[81] = 0x0016;
  words[82] = 0x4020; // NOP, write cache
  words[83] = 0x7400; // FLUSH CACHE (EXT), 48-bit addresses
  words[84] = 0x4000;
  words[85] = 0x4000 | (disk.writeCache ? 0x20 : 0);
  words[86] = 0x3400;
  words[87] = 0x4000;
  words[88] = modes(0x3f, disk.ultraMode);
  if (disk.cable === 'serial')
    words[76] = 0x0002; // 1.5 Gbit/s
  else words[93] = 0x6001 | (1 << 13); // 80-conductor cable, device 0 passed
  words.set([disk.sectors & 0xffff, (disk.sectors >>> 16) & 0xffff, Math.floor(disk.sectors / 2 ** 32) & 0xffff, 0], 100);
  return toBytes(words);
}

/** IDENTIFY PACKET DEVICE data of a CD-ROM drive, 12-byte packets. */
export function identifyCdrom(strings: DriveStrings): Uint8Array {
  const words = new Uint16Array(256);
  words[0] = 0x8580; // ATAPI, CD-ROM, removable, DRQ within 50 us, 12-byte packets
  putStrings(words, strings);
  words[48] = 1;
  words[49] = 0x0b00;
  words[53] = 0x0007;
  words[63] = 0x0007;
  words[64] = 0x0003;
  words.fill(120, 65, 69);
  words[71] = 30;
  words[72] = 30;
  words[80] = 0x001e; // ATA/ATAPI-1 to 4
  words[82] = 0x4010;
  words[83] = 0x4000;
  words[84] = 0x4000;
  words[85] = 0x4010;
  words[87] = 0x4000;
  words[88] = 0x203f;
  return toBytes(words);
}
