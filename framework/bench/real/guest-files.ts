import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageSource } from '../../plan/disk/recipe-source';
import { loadGuest } from '../../plan/load';
import type { GuestPlan } from '../../plan/types';
import { nodeFiles } from '../../run/node-files';
import type { GuestFiles } from './qemu-arguments';

const PIECE_BYTES = 2 ** 20;

/** Writes everything that a guest is made of into a folder, for a peer that takes files. */
export function writeGuestFiles(guest: GuestPlan, folder: string): GuestFiles {
  const { firmware, kernel, networks, disks, virtioDisks, cdroms, floppies } = loadGuest(guest, nodeFiles());
  const parts: Record<string, Uint8Array | undefined> = {
    bios: firmware.bios,
    vars: firmware.flash?.variables,
    kernel: kernel?.image,
    ramdisk: kernel?.ramdisk,
    ...Object.fromEntries((kernel?.modules ?? []).map(({ contents }, index) => [`module${index}`, contents])),
    ...Object.fromEntries(networks.map(({ rom }, index) => [`rom${index}`, rom])),
  };
  const files: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(parts)) {
    if (bytes !== undefined) writeFileSync((files[name] = join(folder, name)), bytes);
  }
  for (const [position, source] of Object.entries({ ...disks, ...virtioDisks, ...cdroms, ...floppies })) {
    writeImage((files[position] = join(folder, position)), source);
  }
  return files;
}

/** With holes where the image is zero. */
function writeImage(path: string, image: ImageSource): void {
  const { sizeBytes } = image;
  const file = openSync(path, 'w');
  ftruncateSync(file, sizeBytes);
  for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
    const piece = image.read(at, Math.min(PIECE_BYTES, sizeBytes - at));
    if (piece.some((byte) => byte !== 0)) writeSync(file, piece, 0, piece.length, at);
  }
  closeSync(file);
}
