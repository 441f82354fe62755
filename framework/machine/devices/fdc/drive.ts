import { disketteFormat, disketteRate, isDoubleStepped, type DisketteFormat } from '../../../quantities/diskette';
import { SECTOR_BYTES } from '../../../quantities/units';
import type { Stateful } from '../../bus/types';

/** Steps inward stop here whatever the controller asks for. */
const LAST_TRACK = 83;

export interface FloppyDriveState {
  /** Where the head carriage is. */
  track: number;
  /** Which of the diskettes is in; -1: none. */
  inserted: number;
  /** DSKCHG: latched when a diskette goes in or out, cleared by a step with one in. */
  changed: boolean;
  /** Of each diskette, the sectors whose data mark is "deleted". */
  deleted: Set<number>[];
}

/** What holds a diskette's bytes. */
export interface DisketteStore {
  readonly sectors: number;
  read(lba: number, count: number): Uint8Array;
  write(lba: number, bytes: Uint8Array): void;
}

/** A diskette in a drive: sectors by head and number, under the carriage. */
export interface TurningDiskette {
  readonly format: DisketteFormat;
  /** Data rate select code at which its bits come from this drive. */
  readonly rate: number;
  /** The cylinder under the head. */
  readonly cylinder: number;
  /** A drive of 80 tracks passes each cylinder of a diskette of 40 twice. */
  readonly tracksPerCylinder: 1 | 2;
}

/** One floppy drive with the diskettes that go into it, the first at power-on: the carriage, and what is in. */
export class FloppyDrive implements Stateful<FloppyDriveState> {
  readonly state: FloppyDriveState;
  /** As CMOS has it, made for the first diskette. */
  readonly driveType: number;
  private readonly formats: readonly DisketteFormat[];

  /** @throws RangeError when no diskette has such a size. */
  constructor(
    readonly name: string,
    private readonly diskettes: readonly DisketteStore[],
  ) {
    this.formats = diskettes.map(({ sectors }) => {
      const format = disketteFormat(sectors * SECTOR_BYTES);
      if (!format) throw new RangeError(`${name}: no diskette has ${sectors * SECTOR_BYTES} bytes`);
      return format;
    });
    this.driveType = this.formats[0]?.driveType ?? 0;
    this.state = { track: 0, inserted: diskettes.length > 0 ? 0 : -1, changed: true, deleted: diskettes.map(() => new Set()) };
  }

  /** Takes out what is in, and puts in the diskette of that number; -1: none. */
  insert(number: number): void {
    this.state.inserted = number;
    this.state.changed = true;
  }

  /** undefined: nothing is in. */
  get diskette(): TurningDiskette | undefined {
    const format = this.formats[this.state.inserted];
    if (!format) return undefined;
    const tracksPerCylinder = isDoubleStepped(format, this.driveType) ? 2 : 1;
    const cylinder = Math.floor(this.state.track / tracksPerCylinder);
    return { format, rate: disketteRate(format, this.driveType), cylinder, tracksPerCylinder };
  }

  step(tracks: number): void {
    this.state.track = Math.min(LAST_TRACK, Math.max(0, this.state.track + tracks));
    if (this.state.inserted >= 0) this.state.changed = false;
  }

  /** Number on the diskette of a sector under the head; undefined where the track has none of that number. */
  lba(head: number, sector: number): number | undefined {
    const { diskette } = this;
    if (!diskette) return undefined;
    const { cylinders, heads, sectorsPerTrack } = diskette.format;
    if (diskette.cylinder >= cylinders || head >= heads || sector < 1 || sector > sectorsPerTrack) return undefined;
    return (diskette.cylinder * heads + head) * sectorsPerTrack + sector - 1;
  }

  read(lba: number): Uint8Array {
    return this.diskettes[this.state.inserted]?.read(lba, 1) ?? new Uint8Array(SECTOR_BYTES);
  }

  write(lba: number, bytes: Uint8Array, deleted: boolean): void {
    const { inserted } = this.state;
    this.diskettes[inserted]?.write(lba, bytes);
    if (deleted) this.state.deleted[inserted]?.add(lba);
    else this.state.deleted[inserted]?.delete(lba);
  }

  isDeleted(lba: number): boolean {
    return this.state.deleted[this.state.inserted]?.has(lba) ?? false;
  }
}
