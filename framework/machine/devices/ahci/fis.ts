/** Frame information structures, Serial ATA 3.0, 10.3, as they stand in memory. */
import type { AtaTaskFile } from '../../bus/ata';
import { FIS, FIS_INTERRUPT, FIS_TO_HOST } from './registers';

/** A register of 16 bits holds the previous write in its high byte. */
function taskFile(bytes: Uint8Array, { status, error, lbaLow, lbaMid, lbaHigh, device, count }: AtaTaskFile): void {
  bytes.set([status, error, lbaLow & 0xff, lbaMid & 0xff, lbaHigh & 0xff, device, lbaLow >> 8, lbaMid >> 8, lbaHigh >> 8], 2);
  bytes.set([count & 0xff, count >> 8], 12);
}

/** Register FIS, device to host. */
export function registerFis(drive: AtaTaskFile, interrupt: boolean): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set([FIS.D2H, interrupt ? FIS_INTERRUPT : 0]);
  taskFile(bytes, drive);
  return bytes;
}

/** PIO setup FIS: `bytes` will move, and `endStatus` is the status after them. */
export function pioSetupFis(
  drive: AtaTaskFile,
  block: { readonly toHost: boolean; readonly interrupt: boolean; readonly length: number; readonly endStatus: number },
): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set([FIS.PIO_SETUP, (block.toHost ? FIS_TO_HOST : 0) | (block.interrupt ? FIS_INTERRUPT : 0)]);
  taskFile(bytes, drive);
  bytes.set([block.endStatus, block.length & 0xff, block.length >> 8], 15);
  return bytes;
}

/** Loads the task file from a host-to-device register FIS. */
export function loadTaskFile(drive: AtaTaskFile, fis: Uint8Array): void {
  const at = (index: number): number => fis[index] ?? 0;
  drive.features = at(3) | (at(11) << 8);
  drive.lbaLow = at(4) | (at(8) << 8);
  drive.lbaMid = at(5) | (at(9) << 8);
  drive.lbaHigh = at(6) | (at(10) << 8);
  drive.device = at(7);
  drive.count = at(12) | (at(13) << 8);
}

/** What PxSIG shows of a drive's signature. */
export function signature({ count, lbaLow, lbaMid, lbaHigh }: AtaTaskFile): number {
  return ((lbaHigh & 0xff) * 0x100_0000 + ((lbaMid & 0xff) << 16) + ((lbaLow & 0xff) << 8) + (count & 0xff)) >>> 0;
}
