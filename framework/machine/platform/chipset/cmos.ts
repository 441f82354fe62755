/** What the machine's builder leaves in CMOS memory for firmware (the layout that PC firmware has shared since the AT). */
import { MIB } from '../../../quantities/units';

const FLOPPY_TYPES = 0x10;
const DISK_TYPES = 0x12;
const EQUIPMENT = 0x14;
const BASE_MEMORY = 0x15;
const EXTENDED_MEMORY = 0x17;
const DISK_EXTENDED_TYPES = 0x19;
const DISK_PARAMETERS = [0x1b, 0x24] as const;
const EXTENDED_MEMORY_COPY = 0x30;
const MEMORY_ABOVE_16M = 0x34;
const BOOT_3 = 0x38;
const TRANSLATION = 0x39;
const BOOT_1_2 = 0x3d;
const MEMORY_ABOVE_4G = 0x5b;
const CPU_COUNT = 0x5f;

const BOOT_CODES: Readonly<Record<string, number>> = { a: 1, c: 2, d: 3, n: 4 };
const TYPE_EXTENDED = 0x0f;
const TYPE_IN_EXTENDED = 47;
/** Fixed disk control byte: more than 8 heads. */
const MANY_HEADS = 0x08;
/** FPU present, PS/2 mouse. */
const EQUIPMENT_BYTE = 0x06;
/** Diskette drives: bit 0 any, bits 7-6 their number less one. */
const EQUIPMENT_DISKETTE = 0x01;
const EQUIPMENT_SECOND_DISKETTE = 0x40;

/** Bytes of CMOS by number. */
export type CmosBytes = Map<number, number>;

function put(bytes: CmosBytes, at: number, length: number, value: number): void {
  for (let i = 0; i < length; i++) bytes.set(at + i, Math.floor(value / 2 ** (8 * i)) & 0xff);
}

/** RAM sizes in the four forms firmware reads. */
export function putMemorySize(bytes: CmosBytes, below4GiB: number, above4GiB: number): void {
  put(bytes, BASE_MEMORY, 2, 640);
  const extended = Math.min(0xffff, Math.max(0, below4GiB - MIB) / 1024);
  put(bytes, EXTENDED_MEMORY, 2, extended);
  put(bytes, EXTENDED_MEMORY_COPY, 2, extended);
  put(bytes, MEMORY_ABOVE_16M, 2, Math.min(0xffff, Math.floor(Math.max(0, below4GiB - 16 * MIB) / 0x1_0000)));
  put(bytes, MEMORY_ABOVE_4G, 3, above4GiB / 0x1_0000);
}

export function putCpuCount(bytes: CmosBytes, cpus: number): void {
  bytes.set(CPU_COUNT, (cpus - 1) & 0xff);
}

/** Equipment, with the types of the two diskette drives (0: absent). */
export function putEquipment(bytes: CmosBytes, [first = 0, second = 0]: readonly number[]): void {
  bytes.set(FLOPPY_TYPES, (first << 4) | second);
  const diskettes = first && second ? EQUIPMENT_DISKETTE | EQUIPMENT_SECOND_DISKETTE : first || second ? EQUIPMENT_DISKETTE : 0;
  bytes.set(EQUIPMENT, EQUIPMENT_BYTE | diskettes);
}

/** Boot devices as letters a, c, d, n in order; at most three count. */
export function putBootOrder(bytes: CmosBytes, boot: string): void {
  const [first = 0, second = 0, third = 0] = Array.from(boot, (letter) => BOOT_CODES[letter] ?? 0).filter((code) => code !== 0);
  bytes.set(BOOT_1_2, first | (second << 4));
  bytes.set(BOOT_3, third << 4);
}

export interface DiskGeometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

/** 0 none, 1 LBA, 2 LARGE: by how far CHS of the drive is beyond what int 13h can say. */
function translation({ cylinders, heads, sectorsPerTrack }: DiskGeometry): number {
  if (cylinders <= 1024 && heads <= 16 && sectorsPerTrack <= 63) return 0;
  return cylinders * heads <= 131072 ? 2 : 1;
}

/** Types and geometry of the first two disks, translation of all four (undefined: absent). */
export function putDisks(bytes: CmosBytes, disks: readonly (DiskGeometry | undefined)[]): void {
  bytes.set(DISK_TYPES, (disks[0] ? TYPE_EXTENDED << 4 : 0) | (disks[1] ? TYPE_EXTENDED : 0));
  for (const [index, at] of DISK_PARAMETERS.entries()) {
    const disk = disks[index];
    if (!disk) continue;
    const control = disk.heads > 8 ? MANY_HEADS : 0;
    bytes.set(DISK_EXTENDED_TYPES + index, TYPE_IN_EXTENDED);
    put(bytes, at, 2, disk.cylinders);
    bytes.set(at + 2, disk.heads);
    put(bytes, at + 3, 2, 0xffff); // no write precompensation
    bytes.set(at + 5, 0xc0 | control);
    put(bytes, at + 6, 2, disk.cylinders);
    bytes.set(at + 8, disk.sectorsPerTrack);
  }
  const translations = disks.reduce((sum, disk, index) => sum | ((disk ? translation(disk) : 0) << (2 * index)), 0);
  bytes.set(TRANSLATION, translations);
}
