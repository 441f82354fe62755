import { ByteView } from './byte-view';

interface MbrPartition {
  /** 1 to 4. */
  readonly number: number;
  readonly active: boolean;
  readonly type: number;
  readonly firstLba: number;
  readonly sectors: number;
}

export interface Mbr {
  /** 55h AAh at 510. */
  readonly hasSignature: boolean;
  readonly diskSignature: number;
  readonly partitions: readonly MbrPartition[];
  /** A GPT follows: some partition has type EEh. */
  readonly isProtective: boolean;
}

/** The first sector of a disk; shorter bytes read as an unsigned, empty one. */
export function parseMbr(sector: Uint8Array): Mbr {
  const view = new ByteView(sector);
  const hasSignature = view.u8(510) === 0x55 && view.u8(511) === 0xaa;
  const partitions: MbrPartition[] = [];
  for (let index = 0; index < 4; index++) {
    const at = 446 + index * 16;
    const status = view.u8(at);
    const type = view.u8(at + 4);
    const sectors = view.u32(at + 12);
    // Boot code without a table fills these bytes with anything: a real entry has a legal status, a type and a size.
    if (!hasSignature || type === 0 || sectors === 0 || (status & 0x7f) !== 0) continue;
    partitions.push({ number: index + 1, active: status === 0x80, type, firstLba: view.u32(at + 8), sectors });
  }
  return { hasSignature, diskSignature: view.u32(440), partitions, isProtective: partitions.some(({ type }) => type === 0xee) };
}

export interface GptPartition {
  /** From 1. */
  readonly number: number;
  /** GUID text, lower case. */
  readonly type: string;
  readonly guid: string;
  readonly firstLba: number;
  readonly lastLba: number;
  readonly name: string;
}

const GPT_ENTRIES_MAX = 1024;

/** Reads `count` 512-byte sectors; shorter at the end of the disk. */
export type SectorReader = (lba: number, count: number) => Uint8Array;

/** GUID partition table (UEFI 2.10, 5.3) by its primary header at LBA 1; undefined when there is none. CRCs are not checked. */
export function readGpt(readSectors: SectorReader): GptPartition[] | undefined {
  const header = new ByteView(readSectors(1, 1));
  if (header.text(0, 8) !== 'EFI PART') return undefined;
  const count = Math.min(header.u32(80), GPT_ENTRIES_MAX);
  const entryBytes = header.u32(84);
  if (entryBytes < 128 || entryBytes > 4096) return [];
  const table = new ByteView(readSectors(header.uint(72, 8), Math.ceil((count * entryBytes) / 512)));
  const partitions: GptPartition[] = [];
  for (let at = 0; at < count * entryBytes && table.has(at, 128); at += entryBytes) {
    const type = guidText(table, at);
    if (/^[0-]+$/.test(type)) continue;
    const name = Buffer.from(table.slice(at + 56, 72))
      .toString('utf16le')
      .replace(/\0.*$/s, '');
    const number = at / entryBytes + 1;
    partitions.push({
      number,
      type,
      guid: guidText(table, at + 16),
      firstLba: table.uint(at + 32, 8),
      lastLba: table.uint(at + 40, 8),
      name,
    });
  }
  return partitions;
}

/** A GUID as EFI writes it: the first three groups little-endian. */
export function guidText(view: ByteView, offset: number): string {
  const part = (at: number, size: number) =>
    view
      .uint(offset + at, size)
      .toString(16)
      .padStart(size * 2, '0');
  const raw = (at: number, size: number) =>
    Buffer.from(view.slice(offset + at, size))
      .toString('hex')
      .padEnd(size * 2, '0');
  return `${part(0, 4)}-${part(4, 2)}-${part(6, 2)}-${raw(8, 2)}-${raw(10, 6)}`;
}
