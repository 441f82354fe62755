/**
 * The SMBIOS tables that a PC of ours gives its firmware (DSP0134), which adds a type 0 of its own, places them and sets addresses and checksums
 * in the entry point.
 */
import { ascii, little } from '../acpi/bytes';
import { GIB, MIB } from '../../../quantities/units';
import { structure } from './structure';

export const ANCHOR_FILE = 'etc/smbios/smbios-anchor';
export const TABLES_FILE = 'etc/smbios/smbios-tables';

export interface SmbiosOptions {
  readonly product: string;
  /** 16 bytes, as SMBIOS has them: the first three fields little-endian. */
  readonly uuid: readonly number[];
  readonly vcpus: number;
  readonly below4GiB: number;
  readonly above4GiB: number;
  /** CPUID leaf 1, EAX and EDX. */
  readonly processorId: bigint;
  readonly mhz: number;
}

const MANUFACTURER = 'Milepost';
const MOST_MODULE_BYTES = 16 * GIB;
const SAFE = 3;
const UNKNOWN = 2;
const HANDLE = {
  system: 0x100,
  chassis: 0x300,
  processor: 0x400,
  array: 0x1000,
  module: 0x1100,
  mapped: 0x1300,
  boot: 0x2000,
  end: 0x7f00,
};

function system({ product, uuid }: SmbiosOptions): number[] {
  const POWER_SWITCH = 6;
  const id = uuid.map((byte) => [byte, 1] as const);
  return structure(1, HANDLE.system, [MANUFACTURER, product, '1', '', ...id, [POWER_SWITCH, 1], '', '']);
}

function chassis(): number[] {
  const OTHER = 1;
  const states = [SAFE, SAFE, SAFE, UNKNOWN].map((state) => [state, 1] as const);
  return structure(3, HANDLE.chassis, [MANUFACTURER, [OTHER, 1], '1', '', '', ...states, [0, 4], [0, 1], [0, 1], [0, 1], [0, 1], '']);
}

function processor(index: number, { processorId, mhz }: SmbiosOptions): number[] {
  const CENTRAL = 3;
  const OTHER = 1;
  const POPULATED_ENABLED = 0x41;
  const NO_CACHE_HANDLE = 0xffff;
  return structure(4, HANDLE.processor + index, [
    `CPU ${index}`,
    [CENTRAL, 1],
    [OTHER, 1],
    MANUFACTURER,
    [processorId, 8],
    '1',
    [0, 1],
    [0, 2],
    [mhz, 2],
    [mhz, 2],
    [POPULATED_ENABLED, 1],
    [OTHER, 1],
    ...[0, 1, 2].map(() => [NO_CACHE_HANDLE, 2] as const),
    '',
    '',
    '',
    [1, 1],
    [1, 1],
    [1, 1],
    [UNKNOWN, 2],
    [OTHER, 2],
  ]);
}

function memory({ below4GiB, above4GiB }: SmbiosOptions): number[] {
  const total = below4GiB + above4GiB;
  const modules = Math.max(1, Math.ceil(total / MOST_MODULE_BYTES));
  const SYSTEM_BOARD = 1;
  const SYSTEM_MEMORY = 3;
  const MULTI_BIT_ECC = 6;
  const NO_ERROR_HANDLE = 0xfffe;
  const array = structure(16, HANDLE.array, [
    [SYSTEM_BOARD, 1],
    [SYSTEM_MEMORY, 1],
    [MULTI_BIT_ECC, 1],
    [total / 1024, 4],
    [NO_ERROR_HANDLE, 2],
    [modules, 2],
  ]);
  const sizes = Array.from({ length: modules }, (_, index) => Math.min(MOST_MODULE_BYTES, total - index * MOST_MODULE_BYTES));
  const ranges = [[0, below4GiB] as const, ...(above4GiB > 0 ? [[4 * GIB, above4GiB] as const] : [])];
  return [
    ...array,
    ...sizes.flatMap((size, index) => memoryModule(index, size, NO_ERROR_HANDLE)),
    ...ranges.flatMap(([first, length], index) =>
      structure(19, HANDLE.mapped + index, [
        [first / 1024, 4],
        [(first + length) / 1024 - 1, 4],
        [HANDLE.array, 2],
        [modules, 1],
      ]),
    ),
  ];
}

function memoryModule(index: number, size: number, noErrorHandle: number): number[] {
  const DIMM = 9;
  const RAM = 7;
  const OTHER_DETAIL = 2;
  return structure(17, HANDLE.module + index, [
    [HANDLE.array, 2],
    [noErrorHandle, 2],
    [0xffff, 2],
    [0xffff, 2],
    [size / MIB, 2],
    [DIMM, 1],
    [0, 1],
    `DIMM ${index}`,
    '',
    [RAM, 1],
    [OTHER_DETAIL, 2],
    [0, 2],
    MANUFACTURER,
    '',
    '',
    '',
    [0, 1],
  ]);
}

/** Entry point and tables; the anchor's address and checksums are the firmware's to fill in. */
export function smbiosFiles(options: SmbiosOptions): { readonly anchor: Uint8Array; readonly tables: Uint8Array } {
  const structures = [
    system(options),
    chassis(),
    ...Array.from({ length: options.vcpus }, (_, index) => processor(index, options)),
    memory(options),
    structure(32, HANDLE.boot, [
      [0, 6],
      [0, 1],
    ]),
    structure(127, HANDLE.end, []),
  ];
  const tables = Uint8Array.from(structures.flat());
  const { count, largest } = measure(tables);
  const anchor = [
    ...ascii('_SM_'),
    ...[0, 0x1f, 2, 8],
    ...little(largest, 2),
    ...new Array<number>(6).fill(0),
    ...ascii('_DMI_'),
    0,
    ...little(tables.length, 2),
    ...little(0, 4),
    ...little(count, 2),
    0x28,
  ];
  return { anchor: Uint8Array.from(anchor), tables };
}

/** How many structures there are, and the size of the largest with its strings. */
function measure(tables: Uint8Array): { readonly count: number; readonly largest: number } {
  let count = 0;
  let largest = 0;
  for (let at = 0; at < tables.length; count++) {
    let end = at + tables[at + 1]!;
    while (tables[end] !== 0 || tables[end + 1] !== 0) end++;
    largest = Math.max(largest, end + 2 - at);
    at = end + 2;
  }
  return { count, largest };
}
