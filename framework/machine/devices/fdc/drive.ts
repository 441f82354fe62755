import { disketteFormat, type DisketteFormat } from '../../../quantities/diskette';
import { SECTOR_BYTES } from '../../../quantities/units';
import type { Stateful } from '../../bus/types';

/** Steps inward stop here whatever the controller asks for. */
const LAST_TRACK = 83;

export interface FloppyDriveState {
  /** Where the head carriage is. */
  track: number;
  /** DSKCHG: latched when a disk goes in, cleared by a step. */
  changed: boolean;
  /** Sectors whose data mark is "deleted". */
  deleted: Set<number>;
}

/** What holds a diskette's bytes. */
export interface DisketteStore {
  readonly sectors: number;
  read(lba: number, count: number): Uint8Array;
  write(lba: number, bytes: Uint8Array): void;
}

/** One floppy drive with a diskette in it: the carriage, and sectors by cylinder, head and number. */
export class FloppyDrive implements Stateful<FloppyDriveState> {
  readonly state: FloppyDriveState = { track: 0, changed: true, deleted: new Set() };
  readonly format: DisketteFormat;

  /** @throws RangeError when no diskette has that size. */
  constructor(
    readonly name: string,
    private readonly diskette: DisketteStore,
  ) {
    const format = disketteFormat(diskette.sectors * SECTOR_BYTES);
    if (!format) throw new RangeError(`${name}: no diskette has ${diskette.sectors * SECTOR_BYTES} bytes`);
    this.format = format;
  }

  step(tracks: number): void {
    this.state.track = Math.min(LAST_TRACK, Math.max(0, this.state.track + tracks));
    this.state.changed = false;
  }

  /** Number on the diskette of a sector under the head; undefined where the track has none of that number. */
  lba(head: number, sector: number): number | undefined {
    const { cylinders, heads, sectorsPerTrack } = this.format;
    const { track } = this.state;
    if (track >= cylinders || head >= heads || sector < 1 || sector > sectorsPerTrack) return undefined;
    return (track * heads + head) * sectorsPerTrack + sector - 1;
  }

  read(lba: number): Uint8Array {
    return this.diskette.read(lba, 1);
  }

  write(lba: number, bytes: Uint8Array, deleted: boolean): void {
    this.diskette.write(lba, bytes);
    if (deleted) this.state.deleted.add(lba);
    else this.state.deleted.delete(lba);
  }

  isDeleted(lba: number): boolean {
    return this.state.deleted.has(lba);
  }
}
