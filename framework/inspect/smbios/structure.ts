import { byteSum, ByteView, latin1 } from '../byte-view';
import type { MemoryReader } from '../byte-view';
import { decodeRows } from '../fields';
import type { Field } from '../fields';

export const SMBIOS2_ANCHOR = '_SM_';
export const SMBIOS3_ANCHOR = '_SM3_';
/** Bytes of structures that are believed, and how many structures. */
const TABLE_BYTES_MAX = 1024 * 1024;
const STRUCTURES_MAX = 4096;

export interface SmbiosEntry {
  readonly gpa: number;
  readonly bytes: Uint8Array;
  /** Sum of the entry point; nonzero when either of its checksums is wrong. */
  readonly sum: number;
  readonly fields: readonly Field[];
  readonly tableGpa: number;
  readonly tableBytes: number;
  /** Number of structures; undefined for the 64-bit entry point, whose table ends with type 127. */
  readonly count: number | undefined;
}

export interface SmbiosStructure {
  readonly type: number;
  readonly handle: number;
  /** The formatted area, header included. */
  readonly view: ByteView;
  readonly strings: readonly string[];
}

/** Entry point at `gpa` (SMBIOS 3.7, 5.2.1 and 5.2.2); undefined when there is none. */
export function readSmbiosEntry(read: MemoryReader, gpa: number): SmbiosEntry | undefined {
  const head = new ByteView(read(gpa, 32));
  if (head.text(0, 5) === SMBIOS3_ANCHOR) return entry3(head, gpa);
  return head.text(0, 4) === SMBIOS2_ANCHOR ? entry2(head, gpa) : undefined;
}

function entry2(head: ByteView, gpa: number): SmbiosEntry {
  // Version 2.1 was printed with 1Eh for the 1Fh bytes; both occur.
  const bytes = head.slice(0, Math.min(Math.max(head.u8(5), 30), 31));
  const outer = byteSum(bytes);
  const fields = decodeRows(new ByteView(bytes), [
    { name: 'Anchor', offset: 0, size: 4, as: 'text' },
    { name: 'Checksum', offset: 4, size: 1 },
    { name: 'Length', offset: 5, size: 1, as: 'number' },
    { name: 'Major Version', offset: 6, size: 1, as: 'number' },
    { name: 'Minor Version', offset: 7, size: 1, as: 'number' },
    { name: 'Maximum Structure Size', offset: 8, size: 2, as: 'number' },
    { name: 'Structure Table Length', offset: 22, size: 2, as: 'number' },
    { name: 'Structure Table Address', offset: 24, size: 4 },
    { name: 'Number of Structures', offset: 28, size: 2, as: 'number' },
  ]);
  const inner = head.text(16, 5) === '_DMI_' ? byteSum(bytes.subarray(16)) : 0xff;
  return { gpa, bytes, sum: outer === 0 ? inner : outer, fields, tableGpa: head.u32(24), tableBytes: head.u16(22), count: head.u16(28) };
}

function entry3(head: ByteView, gpa: number): SmbiosEntry {
  const bytes = head.slice(0, Math.min(Math.max(head.u8(6), 24), 32));
  const fields = decodeRows(new ByteView(bytes), [
    { name: 'Anchor', offset: 0, size: 5, as: 'text' },
    { name: 'Checksum', offset: 5, size: 1 },
    { name: 'Length', offset: 6, size: 1, as: 'number' },
    { name: 'Major Version', offset: 7, size: 1, as: 'number' },
    { name: 'Minor Version', offset: 8, size: 1, as: 'number' },
    { name: 'Structure Table Length', offset: 12, size: 4, as: 'number' },
    { name: 'Structure Table Address', offset: 16, size: 8 },
  ]);
  return { gpa, bytes, sum: byteSum(bytes), fields, tableGpa: head.uint(16, 8), tableBytes: head.u32(12), count: undefined };
}

/** The bytes of the structure table. */
export function readSmbiosTable(read: MemoryReader, entry: SmbiosEntry): Uint8Array {
  return read(entry.tableGpa, Math.min(entry.tableBytes, TABLE_BYTES_MAX));
}

/** Takes the structures apart; stops at the end-of-table structure, the count, the end of the bytes, or nonsense. */
export function splitSmbios(table: Uint8Array, count = STRUCTURES_MAX): SmbiosStructure[] {
  const view = new ByteView(table);
  const structures: SmbiosStructure[] = [];
  let at = 0;
  while (structures.length < Math.min(count, STRUCTURES_MAX) && view.has(at, 4)) {
    const length = view.u8(at + 1);
    if (length < 4 || !view.has(at, length)) break;
    const { strings, next } = stringSet(table, at + length);
    structures.push({ type: view.u8(at), handle: view.u16(at + 2), view: new ByteView(view.slice(at, length)), strings });
    if (view.u8(at) === 127) break;
    at = next;
  }
  return structures;
}

/** True when the structures fill the table exactly: what an entry point promises. */
export function isSmbiosComplete(entry: SmbiosEntry, table: Uint8Array): boolean {
  const structures = splitSmbios(table, entry.count);
  const last = structures[structures.length - 1];
  return last !== undefined && (entry.count === undefined ? last.type === 127 : structures.length === entry.count);
}

function stringSet(table: Uint8Array, start: number): { strings: string[]; next: number } {
  const strings: string[] = [];
  let at = start;
  while (at < table.length && table[at] !== 0) {
    let end = table.indexOf(0, at);
    if (end < 0) end = table.length;
    strings.push(latin1(table.subarray(at, end)));
    at = end + 1;
  }
  return { strings, next: strings.length === 0 ? at + 2 : at + 1 };
}
