import type { Bytes } from '../../../quantities/units';

/** Offsets of the query structure (JESD68.01, table 1). */
const SIGNATURE = 0x10;
const COMMAND_SET = 0x13;
const EXTENDED_TABLE_POINTER = 0x15;
const SYSTEM_INTERFACE = 0x1b;
const GEOMETRY = 0x27;
const EXTENDED_TABLE = 0x31;
const TABLE_BYTES = 0x52;

const INTEL_EXTENDED = 1;
/** x8 and x16. */
const INTERFACE_X8_X16 = 2;
/** Write buffer of 2^8 bytes. */
const BUFFER_BITS = 8;
/** Vcc 4.5 V to 5.5 V, no Vpp pin; typical times 2^n: word 2^7 µs, buffer 2^7 µs, block erase 2^10 ms, no chip erase; at most 2^4 times that. */
const SYSTEM_TIMES = [0x45, 0x55, 0, 0, 7, 7, 10, 0, 4, 4, 4, 0];

/** What a chip of equal blocks answers in query mode, by byte address. */
export function queryTable(sizeBytes: Bytes, blockBytes: Bytes): Uint8Array {
  const table = new Uint8Array(TABLE_BYTES + 1);
  const put = (at: number, bytes: readonly number[]): void => table.set(bytes, at);
  const text = (value: string): number[] => Array.from(value, (letter) => letter.charCodeAt(0));
  const word = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];
  put(SIGNATURE, text('QRY'));
  put(COMMAND_SET, word(INTEL_EXTENDED));
  put(EXTENDED_TABLE_POINTER, word(EXTENDED_TABLE));
  put(SYSTEM_INTERFACE, SYSTEM_TIMES);
  // A size that is no power of two cannot be said: the largest one that divides it stands for it.
  const sizeBits = 31 - Math.clz32(sizeBytes & (~sizeBytes + 1));
  put(GEOMETRY, [sizeBits, ...word(INTERFACE_X8_X16), ...word(BUFFER_BITS), 1]);
  put(GEOMETRY + 6, [...word(sizeBytes / blockBytes - 1), ...word(blockBytes >> 8)]);
  put(EXTENDED_TABLE, text('PRI10'));
  // One protection register field.
  put(EXTENDED_TABLE + 0xe, [1]);
  return table;
}
