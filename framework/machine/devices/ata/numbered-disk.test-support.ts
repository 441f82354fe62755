import type { DiskMedium } from './ata-disk';

export const DRIVE_STRINGS = { model: 'QEMU HARDDISK', serial: 'QM00001', firmware: '2.5+' };

/** A disk whose sectors are filled with their own number, until they are written. */
export function numberedDisk(sectors: number): { readonly medium: DiskMedium; readonly written: ReadonlyMap<number, Uint8Array> } {
  const written = new Map<number, Uint8Array>();
  const medium: DiskMedium = {
    sectors,
    read(lba, count) {
      const bytes = new Uint8Array(count * 512);
      for (let i = 0; i < count; i++) bytes.set(written.get(lba + i) ?? new Uint8Array(512).fill(lba + i), i * 512);
      return bytes;
    },
    write(lba, bytes) {
      for (let i = 0; i < bytes.length / 512; i++) written.set(lba + i, bytes.slice(i * 512, (i + 1) * 512));
    },
  };
  return { medium, written };
}
