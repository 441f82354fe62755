import { acpiName } from '../../inspect/acpi/decode';
import { RSDP_SIGNATURE } from '../../inspect/acpi/rsdp';
import { walkAcpi } from '../../inspect/acpi/walk';
import { readBiosInfo } from '../../inspect/bios-info';
import type { MemoryReader } from '../../inspect/byte-view';
import { isPlausibleE820 } from '../../inspect/e820';
import { readHvmInfo, HVM_INFO_GPA } from '../../inspect/hvm-info';
import { MP_SIGNATURE, readMpTable } from '../../inspect/mp-table';
import { parsePir, pirLength, PIR_SIGNATURE } from '../../inspect/pir';
import { isSmbiosComplete, readSmbiosEntry, readSmbiosTable, SMBIOS2_ANCHOR, SMBIOS3_ANCHOR } from '../../inspect/smbios/structure';

export type AnchorKind = 'smbios' | 'rsdp' | 'mptable' | 'pir' | 'hvm-info' | 'bios-info';

/** A table as it stands in memory now. */
export interface SeenTable {
  /** As specs name it: `smbios`, `dmi`, `acpi.facp`, `mptable`, `pir`, `e820`, `hvm-info`, `bios-info`. */
  readonly table: string;
  readonly gpa: number;
  readonly bytes: Uint8Array;
  /** Its byte sum: 0 when valid. Of a table without checksum: 0 when it is all there, else 1. */
  readonly sum: number;
  readonly hasChecksum: boolean;
}

/** The tables that an anchor leads to; none when the anchor is gone or does not stand there yet. */
export function readAnchor(read: MemoryReader, kind: AnchorKind, gpa: number): SeenTable[] {
  switch (kind) {
    case 'smbios':
      return smbios(read, gpa);
    case 'rsdp':
      return walkAcpi(read, gpa).map((table) => ({
        table: acpiName(table),
        gpa: table.gpa,
        bytes: table.bytes,
        sum: table.hasChecksum ? table.sum : 0,
        hasChecksum: table.hasChecksum,
      }));
    case 'mptable':
      return mpTable(read, gpa);
    case 'pir':
      return pir(read, gpa);
    case 'hvm-info': {
      const info = readHvmInfo(read);
      return info ? [{ table: 'hvm-info', gpa: HVM_INFO_GPA, bytes: info.bytes, sum: info.sum, hasChecksum: true }] : [];
    }
    case 'bios-info':
      return biosInfo(read, gpa);
  }
}

function smbios(read: MemoryReader, gpa: number): SeenTable[] {
  const entry = readSmbiosEntry(read, gpa);
  if (entry === undefined) return [];
  const tables: SeenTable[] = [{ table: 'smbios', gpa, bytes: entry.bytes, sum: entry.sum, hasChecksum: true }];
  if (entry.sum !== 0) return tables;
  const bytes = readSmbiosTable(read, entry);
  return [...tables, { table: 'dmi', gpa: entry.tableGpa, bytes, sum: isSmbiosComplete(entry, bytes) ? 0 : 1, hasChecksum: false }];
}

function mpTable(read: MemoryReader, gpa: number): SeenTable[] {
  const mp = readMpTable(read, gpa);
  if (mp === undefined) return [];
  const needsConfig = mp.defaultConfiguration === 0;
  const configSum = mp.config?.sum ?? (needsConfig ? 1 : 0);
  return [{ table: 'mptable', gpa, bytes: read(gpa, 16), sum: mp.floatingSum === 0 ? configSum : mp.floatingSum, hasChecksum: true }];
}

function pir(read: MemoryReader, gpa: number): SeenTable[] {
  const length = pirLength(read(gpa, 32));
  const table = length === 0 ? undefined : parsePir(read(gpa, length));
  return table ? [{ table: 'pir', gpa, bytes: table.bytes, sum: table.sum, hasChecksum: true }] : [];
}

/** The info structure and what it points to: the tables that a Xen loader hands over may lie anywhere, and the e820 list. */
function biosInfo(read: MemoryReader, gpa: number): SeenTable[] {
  const info = readBiosInfo(read);
  if (info === undefined) return [];
  const tables: SeenTable[] = [{ table: 'bios-info', gpa, bytes: info.bytes, sum: info.sum, hasChecksum: true }];
  if (info.sum !== 0) return tables;
  for (const pointer of info.tables) {
    const kind = anchorAt(read, pointer);
    if (kind !== undefined) tables.push(...readAnchor(read, kind, pointer));
  }
  if (!isPlausibleE820(info.e820)) return tables;
  return [...tables, { table: 'e820', gpa: info.e820Gpa, bytes: read(info.e820Gpa, info.e820Count * 20), sum: 0, hasChecksum: false }];
}

/** Which anchor stands at an address, if any. */
function anchorAt(read: MemoryReader, gpa: number): AnchorKind | undefined {
  return gpa === 0 ? undefined : findAnchors(read(gpa, ANCHOR_BYTES), ANCHOR_BYTES)[0]?.kind;
}

const ANCHOR_BYTES = 4;
const ANCHORS: readonly (readonly [text: string, kind: AnchorKind])[] = [
  [SMBIOS2_ANCHOR.slice(0, ANCHOR_BYTES), 'smbios'],
  [SMBIOS3_ANCHOR.slice(0, ANCHOR_BYTES), 'smbios'],
  [RSDP_SIGNATURE.slice(0, ANCHOR_BYTES), 'rsdp'],
  [MP_SIGNATURE, 'mptable'],
  [PIR_SIGNATURE, 'pir'],
];

/** Where anchors' texts begin on multiples of `step`, ascending. */
export function findAnchors(bytes: Uint8Array, step: number): { readonly at: number; readonly kind: AnchorKind }[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: { at: number; kind: AnchorKind }[] = [];
  for (const [text, kind] of ANCHORS) {
    for (let at = buffer.indexOf(text, 0, 'latin1'); at >= 0; at = buffer.indexOf(text, at + 1, 'latin1')) {
      if (at % step === 0) found.push({ at, kind });
    }
  }
  return found.sort((left, right) => left.at - right.at);
}
