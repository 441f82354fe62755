/** The physical region descriptor table of a command: where its data lie (AHCI 1.3.1, 4.2.3.3). */
import type { DmaMemory } from '../../bus/types';
import { PRD_BYTES, PRD_COUNT } from './registers';

const SECTOR_BYTES = 512;

interface Piece {
  readonly gpa: number;
  readonly length: number;
}

export interface PrdTable {
  readonly gpa: number;
  readonly entries: number;
}

function dword(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

/** The memory of `length` bytes from `offset` of the table's regions on. */
function pieces(memory: DmaMemory, table: PrdTable, offset: number, length: number): { readonly list: Piece[]; readonly left: number } {
  const list: Piece[] = [];
  let skip = offset;
  let left = length;
  for (let entry = 0; entry < table.entries && left > 0; entry++) {
    const bytes = memory.read(table.gpa + entry * PRD_BYTES, PRD_BYTES);
    const base = dword(bytes, 0) + (dword(bytes, 4) & 0xf_ffff) * 2 ** 32;
    const size = (dword(bytes, 12) & PRD_COUNT) + 1;
    if (skip >= size) {
      skip -= size;
      continue;
    }
    const take = Math.min(left, size - skip);
    list.push({ gpa: base + skip, length: take });
    skip = 0;
    left -= take;
  }
  return { list, left };
}

/** Where each 512 bytes of a transfer begin in memory. */
function sectorAddresses(list: readonly Piece[]): number[] {
  const addresses: number[] = [];
  let offset = 0;
  for (const { gpa, length } of list) {
    const first = (SECTOR_BYTES - (offset % SECTOR_BYTES)) % SECTOR_BYTES;
    for (let at = first; at < length; at += SECTOR_BYTES) addresses.push(gpa + at);
    offset += length;
  }
  return addresses;
}

/** Where the sectors of a transfer lie; undefined: the regions are too small. */
export function addresses(memory: DmaMemory, table: PrdTable, offset: number, length: number): number[] | undefined {
  const { list, left } = pieces(memory, table, offset, length);
  return left > 0 ? undefined : sectorAddresses(list);
}

/** Writes to the regions; undefined: they are too small (what fits is written). */
export function scatter(memory: DmaMemory, table: PrdTable, offset: number, bytes: Uint8Array): number[] | undefined {
  const { list, left } = pieces(memory, table, offset, bytes.length);
  let done = 0;
  for (const { gpa, length } of list) {
    memory.write(gpa, bytes.subarray(done, done + length));
    done += length;
  }
  return left > 0 ? undefined : sectorAddresses(list);
}

/** Reads from the regions; undefined: they are too small. */
export function gather(
  memory: DmaMemory,
  table: PrdTable,
  offset: number,
  length: number,
): { readonly bytes: Uint8Array; readonly gpas: number[] } | undefined {
  const { list, left } = pieces(memory, table, offset, length);
  if (left > 0) return undefined;
  const bytes = new Uint8Array(length);
  let done = 0;
  for (const piece of list) {
    bytes.set(memory.read(piece.gpa, piece.length), done);
    done += piece.length;
  }
  return { bytes, gpas: sectorAddresses(list) };
}
