/**
 * The table loader script that firmware executes (QEMU, docs/specs: fw_cfg file `etc/table-loader`): 128-byte commands that allocate a
 * file's blob, patch pointers from one blob to another, and set checksums.
 */
import { ascii, little } from './bytes';

const COMMAND_BYTES = 128;
const FILE_NAME_BYTES = 56;
const ALLOCATE = 1;
const ADD_POINTER = 2;
const ADD_CHECKSUM = 3;
/** Where a blob may lie. */
export const ZONE = { high: 1, fSegment: 2 } as const;

const file = (name: string): number[] => ascii(name, FILE_NAME_BYTES);

function command(kind: number, body: readonly number[]): number[] {
  const bytes = [...little(kind, 4), ...body];
  return [...bytes, ...new Array<number>(COMMAND_BYTES - bytes.length).fill(0)];
}

export const allocate = (name: string, alignment: number, zone: number): number[] =>
  command(ALLOCATE, [...file(name), ...little(alignment, 4), zone]);

/** Adds the address of `target`'s blob to the `size` bytes at `offset` of `name`, which hold an offset into that blob. */
export const addPointer = (name: string, target: string, offset: number, size: number): number[] =>
  command(ADD_POINTER, [...file(name), ...file(target), ...little(offset, 4), size]);

export const addChecksum = (name: string, offset: number, start: number, length: number): number[] =>
  command(ADD_CHECKSUM, [...file(name), ...little(offset, 4), ...little(start, 4), ...little(length, 4)]);
