import { SECTOR_BYTES } from '../../../quantities/units';
import type { BlockSource, Stateful } from '../../bus/types';

/**
 * A disk of whole sectors over a read-only source. Writes go to a private overlay and never reach the source. A source that is no
 * multiple of 512 bytes is padded with zeros at its end.
 */
export class DiskOverlay implements Stateful<{ written: Map<number, Uint8Array> }> {
  /** Sectors that were written, by number. */
  readonly state: { written: Map<number, Uint8Array> } = { written: new Map() };
  readonly sectors: number;

  constructor(
    readonly name: string,
    private readonly source: BlockSource,
  ) {
    this.sectors = Math.ceil(source.sizeBytes / SECTOR_BYTES);
  }

  /** @throws RangeError outside the disk. */
  read(lba: number, count: number): Uint8Array {
    this.check(lba, count);
    const bytes = new Uint8Array(count * SECTOR_BYTES);
    const offset = lba * SECTOR_BYTES;
    const present = Math.min(bytes.length, this.source.sizeBytes - offset);
    if (present > 0) bytes.set(this.source.read(offset, present));
    if (this.state.written.size === 0) return bytes;
    for (let i = 0; i < count; i++) {
      const sector = this.state.written.get(lba + i);
      if (sector) bytes.set(sector, i * SECTOR_BYTES);
    }
    return bytes;
  }

  /** `bytes` holds whole sectors. @throws RangeError outside the disk. */
  write(lba: number, bytes: Uint8Array): void {
    const count = bytes.length / SECTOR_BYTES;
    this.check(lba, count);
    for (let i = 0; i < count; i++) {
      this.state.written.set(lba + i, bytes.slice(i * SECTOR_BYTES, (i + 1) * SECTOR_BYTES));
    }
  }

  private check(lba: number, count: number): void {
    if (!Number.isInteger(count) || lba < 0 || lba + count > this.sectors) {
      throw new RangeError(`${this.name}: sectors ${lba}+${count} of ${this.sectors}`);
    }
  }
}
