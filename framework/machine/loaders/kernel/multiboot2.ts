/** Multiboot 2: as multiboot, with the boot information as a list of tags. */
import type { Gpa } from '../../../quantities/units';
import { readMultiboot2Header } from './multiboot-header';
import { memoryKib, placeImage } from './multiboot-image';
import type { MultibootImage } from './multiboot-image';
import { RAX, RBX, startState } from './start-state';
import { KernelError } from './types';
import type { BootEnvironment, KernelConfig, LoadedKernel } from './types';

const MAGIC = 0x36d7_6289;
const INFO: Gpa = 0x6000;
const INFO_END: Gpa = 0x9_0000;
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

/** @throws KernelError */
export function loadMultiboot2(kernel: KernelConfig, environment: BootEnvironment): LoadedKernel {
  const image = placeImage(kernel, readMultiboot2Header(kernel.image), environment);
  const info = bootInformation(kernel, image, environment);
  if (INFO + info.length > INFO_END) throw new KernelError('the command line is too long');
  return {
    entry: 'multiboot2',
    pieces: [...image.pieces, { address: INFO, contents: info }],
    cpu: (reset) =>
      startState(reset, {
        entry: image.entry,
        registers: { [RAX]: MAGIC, [RBX]: INFO },
        selectors: { code: 0x8, data: 0x10 },
        gdt: { base: 0, limit: 0 },
      }),
  };
}

function bootInformation({ cmdline }: KernelConfig, { module, start }: MultibootImage, environment: BootEnvironment): Uint8Array {
  const { map, rsdpContents } = environment;
  const { lower, upper } = memoryKib(map);
  const tags = [
    tag(TAG.COMMAND_LINE, text(cmdline)),
    tag(TAG.LOADER_NAME, text('Milepost')),
    ...(module ? [tag(TAG.MODULE, [...words([module.address, module.address + module.contents.length]), ...text('')])] : []),
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
