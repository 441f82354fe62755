import { KIB, type Bytes } from './units';

/** What a diskette of some size is, and the drive that PCs read it in. */
export interface DisketteFormat {
  readonly sizeBytes: Bytes;
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
  /** Data rate select code: 0 500 kbit/s, 1 300, 2 250, 3 1000. */
  readonly rate: number;
  /** Drive type as CMOS byte 10h has it: 1 360 KiB, 2 1.2 MiB, 3 720 KiB, 4 1.44 MiB, 5 2.88 MiB. */
  readonly driveType: number;
}

function format(cylinders: number, heads: number, sectorsPerTrack: number, rate: number, driveType: number): DisketteFormat {
  return { sizeBytes: (cylinders * heads * sectorsPerTrack * KIB) / 2, cylinders, heads, sectorsPerTrack, rate, driveType };
}

/** The formats that systems make, and those that formatting programs squeeze onto the same media with more sectors or tracks. */
export const DISKETTE_FORMATS: readonly DisketteFormat[] = [
  format(40, 1, 8, 2, 1),
  format(40, 1, 9, 2, 1),
  format(40, 2, 8, 2, 1),
  format(40, 2, 9, 2, 1),
  format(41, 2, 10, 2, 1),
  format(42, 2, 10, 2, 1),
  format(80, 2, 8, 2, 3),
  format(80, 2, 9, 2, 3),
  format(80, 2, 10, 2, 3),
  format(82, 2, 10, 2, 3),
  format(83, 2, 10, 2, 3),
  format(80, 2, 15, 0, 2),
  format(80, 2, 18, 0, 4),
  format(82, 2, 18, 0, 4),
  format(83, 2, 18, 0, 4),
  format(80, 2, 20, 0, 4),
  format(80, 2, 21, 0, 4),
  format(82, 2, 21, 0, 4),
  format(83, 2, 21, 0, 4),
  format(80, 2, 22, 0, 4),
  format(80, 2, 23, 0, 4),
  format(80, 2, 24, 0, 4),
  format(80, 2, 36, 3, 5),
];

export function disketteFormat(sizeBytes: Bytes): DisketteFormat | undefined {
  return DISKETTE_FORMATS.find((candidate) => candidate.sizeBytes === sizeBytes);
}

const DRIVE = { KIB_360: 1, KIB_1200: 2, KIB_720: 3, KIB_2880: 5 } as const;

/** The drive takes that diskette: one of its own width, and no denser than it was made for. */
export function takesDiskette(driveType: number, { driveType: made }: DisketteFormat): boolean {
  const isNarrow = (type: number): boolean => type >= DRIVE.KIB_720 && type <= DRIVE.KIB_2880;
  return isNarrow(driveType) === isNarrow(made) && made <= driveType;
}

/** Data rate at which its bits come: the drive for 1.2 MiB turns at 360 a minute whatever is in, the one it was made in at 300. */
export function disketteRate({ driveType: made, rate }: DisketteFormat, driveType: number): number {
  return driveType === DRIVE.KIB_1200 && made === DRIVE.KIB_360 ? 1 : rate;
}

/** It has 48 tracks an inch, and the drive steps by 96. */
export function isDoubleStepped({ driveType: made }: DisketteFormat, driveType: number): boolean {
  return made === DRIVE.KIB_360 && driveType === DRIVE.KIB_1200;
}

/** The common formats; a file that is shorter than such a diskette is its beginning. */
export const COMMON_DISKETTE_BYTES: readonly Bytes[] = [1440 * KIB, 2880 * KIB];
