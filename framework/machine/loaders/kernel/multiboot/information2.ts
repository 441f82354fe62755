/** The boot information of Multiboot 2: a list of tags. */
import type { BootEnvironment, KernelConfig } from '../types';
import { LOADER_NAME, memoryKib } from './image';
import type { MultibootImage } from './image';

const TAG = {
  END: 0,
  COMMAND_LINE: 1,
  LOADER_NAME: 2,
  MODULE: 3,
  MEMORY_SIZES: 4,
  MEMORY_MAP: 6,
  OLD_RSDP: 14,
  NEW_RSDP: 15,
  LOAD_BASE: 21,
};
const RANGE_BYTES = 24;
const REVISION_OFFSET = 15;
const OLD_RSDP_BYTES = 20;

export function bootInformation2(
  { cmdline }: KernelConfig,
  { modules, start }: MultibootImage,
  { map, rsdpContents }: BootEnvironment,
): Uint8Array {
  const { lower, upper } = memoryKib(map);
  const tags = [
    tag(TAG.COMMAND_LINE, text(cmdline)),
    tag(TAG.LOADER_NAME, text(LOADER_NAME)),
    ...modules.map(({ address, contents, cmdline: own }) =>
      tag(TAG.MODULE, [...words([address, address + contents.length]), ...text(own)]),
    ),
    tag(TAG.MEMORY_SIZES, words([lower, upper])),
    tag(TAG.MEMORY_MAP, [
      ...words([RANGE_BYTES, 0]),
      ...map.flatMap(({ address, bytes, type }) =>
        words([address, Math.floor(address / 2 ** 32), bytes, Math.floor(bytes / 2 ** 32), type, 0]),
      ),
    ]),
    ...(rsdpContents ? [rsdpTag(rsdpContents)] : []),
    tag(TAG.LOAD_BASE, words([start])),
    tag(TAG.END, []),
  ];
  const length = 8 + tags.reduce((sum, { length: bytes }) => sum + bytes, 0);
  return Uint8Array.from([...words([length, 0]), ...tags.flat()]);
}

/** A tag, padded so that the next one begins at a multiple of 8. */
function tag(type: number, contents: readonly number[]): number[] {
  const bytes = [...words([type, 8 + contents.length]), ...contents];
  while (bytes.length % 8 !== 0) bytes.push(0);
  return bytes;
}

/** A copy of the RSDP, of ACPI 1.0 or later. */
function rsdpTag(rsdp: Uint8Array): number[] {
  const isOld = (rsdp[REVISION_OFFSET] ?? 0) < 2;
  return isOld ? tag(TAG.OLD_RSDP, [...rsdp.subarray(0, OLD_RSDP_BYTES)]) : tag(TAG.NEW_RSDP, [...rsdp]);
}

function words(values: readonly number[]): number[] {
  return values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));
}

function text(value: string): number[] {
  return [...new TextEncoder().encode(`${value}\0`)];
}
