import { KIB } from '../../../quantities/units';

/** What a diskette of some size is, and the drive that PCs read it in. */
export interface DisketteFormat {
  readonly sizeBytes: number;
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
  /** Data rate select code: 0 500 kbit/s, 1 300, 2 250, 3 1000. */
  readonly rate: number;
  /** Drive type as CMOS byte 10h has it: 1 360 KiB, 2 1.2 MiB, 3 720 KiB, 4 1.44 MiB, 5 2.88 MiB. */
  readonly driveType: number;
}

function format(kib: number, cylinders: number, heads: number, sectorsPerTrack: number, rate: number, driveType: number): DisketteFormat {
  return { sizeBytes: kib * KIB, cylinders, heads, sectorsPerTrack, rate, driveType };
}

const DISKETTE_FORMATS: readonly DisketteFormat[] = [
  format(160, 40, 1, 8, 2, 1),
  format(180, 40, 1, 9, 2, 1),
  format(320, 40, 2, 8, 2, 1),
  format(360, 40, 2, 9, 2, 1),
  format(720, 80, 2, 9, 2, 3),
  format(1200, 80, 2, 15, 0, 2),
  format(1440, 80, 2, 18, 0, 4),
  format(2880, 80, 2, 36, 3, 5),
];

export function disketteFormat(sizeBytes: number): DisketteFormat | undefined {
  return DISKETTE_FORMATS.find((candidate) => candidate.sizeBytes === sizeBytes);
}
