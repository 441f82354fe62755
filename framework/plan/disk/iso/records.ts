/** The structures of ISO 9660 (ECMA-119) and of El Torito 1.0, as bytes. All dates are the first second of 2024, so that images do not change. */
const SHORT_DATE = [124, 1, 1, 0, 0, 0, 0];
const LONG_DATE = [...ascii('2024010100000000', 16), 0];
const NO_DATE = [...ascii('0000000000000000', 16), 0];
const DIRECTORY_FLAG = 2;
const BOOTABLE = 0x88;

export const SECTOR = 2048;

export function ascii(text: string, length: number): number[] {
  return Array.from(text.padEnd(length).slice(0, length), (letter) => letter.charCodeAt(0));
}

function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff);
}

function big(value: number, bytes: number): number[] {
  return little(value, bytes).reverse();
}

/** A number in both byte orders (7.2.3, 7.3.3). */
function both(value: number, bytes: number): number[] {
  return [...little(value, bytes), ...big(value, bytes)];
}

/** An extent: first sector and length. */
export interface Extent {
  readonly sector: number;
  readonly sizeBytes: number;
}

/** A directory record (9.1). The names of a directory itself and of its parent are the bytes 0 and 1. */
export function directoryRecord(name: readonly number[], { sector, sizeBytes }: Extent, isDirectory: boolean): number[] {
  const pad = name.length % 2 === 0 ? [0] : [];
  const length = 33 + name.length + pad.length;
  const flags = isDirectory ? DIRECTORY_FLAG : 0;
  const fixed = [length, 0, ...both(sector, 4), ...both(sizeBytes, 4), ...SHORT_DATE, flags, 0, 0, ...both(1, 2), name.length];
  return [...fixed, ...name, ...pad];
}

/** A path table record (9.4). */
export function pathRecord(name: readonly number[], sector: number, parent: number, order: 'little' | 'big'): number[] {
  const number = order === 'little' ? little : big;
  return [name.length, 0, ...number(sector, 4), ...number(parent, 2), ...name, ...(name.length % 2 ? [0] : [])];
}

export interface VolumeFacts {
  readonly volume: string;
  readonly sectors: number;
  readonly root: Extent;
  readonly pathTableBytes: number;
  readonly littlePathTable: number;
  readonly bigPathTable: number;
}

/** The primary volume descriptor (8.4). */
export function primaryDescriptor({ volume, sectors, root, pathTableBytes, littlePathTable, bigPathTable }: VolumeFacts): number[] {
  const names = [...ascii('', 128), ...ascii('', 128), ...ascii('', 128), ...ascii('MILEPOST', 128), ...ascii('', 37 * 3)];
  return [
    ...[1, ...ascii('CD001', 5), 1, 0, ...ascii('', 32), ...ascii(volume, 32), ...new Array<number>(8).fill(0)],
    ...[...both(sectors, 4), ...new Array<number>(32).fill(0), ...both(1, 2), ...both(1, 2), ...both(SECTOR, 2)],
    ...[...both(pathTableBytes, 4), ...little(littlePathTable, 4), 0, 0, 0, 0, ...big(bigPathTable, 4), 0, 0, 0, 0],
    ...[...directoryRecord([0], root, true), ...names, ...LONG_DATE, ...LONG_DATE, ...NO_DATE, ...NO_DATE, 1],
  ];
}

/** The boot record volume descriptor (El Torito, figure 7). */
export function bootRecord(catalog: number): number[] {
  const system = [...ascii('EL TORITO SPECIFICATION', 23), ...new Array<number>(9 + 32).fill(0)];
  return [0, ...ascii('CD001', 5), 1, ...system, ...little(catalog, 4)];
}

export const TERMINATOR = [255, ...ascii('CD001', 5), 1];

/** Validation entry and initial entry (El Torito, figures 2 and 3); `count` in sectors of 512 bytes. */
export function bootCatalog(media: number, count: number, sector: number): number[] {
  const validation = [1, 0, 0, 0, ...ascii('MILEPOST', 24), 0, 0, 0x55, 0xaa];
  let sum = 0;
  for (let at = 0; at < validation.length; at += 2) sum += validation[at]! + validation[at + 1]! * 256;
  validation.splice(28, 2, ...little((0x1_0000 - (sum & 0xffff)) & 0xffff, 2));
  return [...validation, BOOTABLE, media, 0, 0, 0, 0, ...little(count, 2), ...little(sector, 4)];
}

/** What boot loaders for CDs find in their bytes 8-63: where the volume and they themselves are, and the sum of what follows. */
export function bootInformation(loader: Extent, bytes: Uint8Array): number[] {
  let sum = 0;
  for (let at = 64; at < bytes.length; at++) sum = (sum + bytes[at]! * 2 ** (8 * (at % 4))) % 2 ** 32;
  return [...little(16, 4), ...little(loader.sector, 4), ...little(bytes.length, 4), ...little(sum, 4), ...new Array<number>(40).fill(0)];
}
