/** Multiboot, version 0.6.96: an ELF or flat kernel in flat protected mode, EAX = magic, EBX = boot information. */
import type { Gpa } from '../../../quantities/units';
import { readMultibootHeader } from './multiboot-header';
import { memoryKib, placeImage } from './multiboot-image';
import type { MultibootImage } from './multiboot-image';
import { RAX, RBX, startState } from './start-state';
import { KernelError } from './types';
import type { BootEnvironment, KernelConfig, LoadedKernel } from './types';

const MAGIC = 0x2bad_b002;
const INFO: Gpa = 0x6000;
const INFO_END: Gpa = 0x9_0000;
/** Fields that are valid: memory sizes, command line, modules, memory map, name of the loader. */
const FLAGS = 0x1 | 0x4 | 0x8 | 0x40 | 0x200;
const INFO_BYTES = 116;
const MODULE_BYTES = 16;
/** A map entry: its size without this field, address, length, type. */
const RANGE_BYTES = 24;
const LOADER_NAME = 'Milepost';

/** @throws KernelError */
export function loadMultiboot(kernel: KernelConfig, environment: BootEnvironment): LoadedKernel {
  const image = placeImage(kernel, readMultibootHeader(kernel.image), environment);
  const info = bootInformation(kernel, image, environment);
  if (INFO + info.length > INFO_END) throw new KernelError('the command line is too long');
  return {
    entry: 'multiboot',
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

function bootInformation({ cmdline }: KernelConfig, { module }: MultibootImage, { map }: BootEnvironment): Uint8Array {
  const text = new TextEncoder().encode(`${cmdline}\0${LOADER_NAME}\0`);
  const modulesAt = INFO_BYTES;
  const mapAt = modulesAt + MODULE_BYTES;
  const textAt = mapAt + RANGE_BYTES * map.length;
  const bytes = new Uint8Array(textAt + text.length);
  const view = new DataView(bytes.buffer);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, true);
  const { lower, upper } = memoryKib(map);
  const nameAt = INFO + textAt + text.length - LOADER_NAME.length - 1;
  const fields: readonly (readonly [at: number, value: number])[] = [
    [0, FLAGS],
    [4, lower],
    [8, upper],
    [16, INFO + textAt],
    [20, module ? 1 : 0],
    [24, module ? INFO + modulesAt : 0],
    [44, RANGE_BYTES * map.length],
    [48, INFO + mapAt],
    [64, nameAt],
  ];
  for (const [at, value] of fields) u32(at, value);
  if (module) {
    u32(modulesAt, module.address);
    u32(modulesAt + 4, module.address + module.contents.length);
    // The module's own string: none, the empty text behind the command line.
    u32(modulesAt + 8, nameAt - 1);
  }
  for (const [index, range] of map.entries()) {
    const at = mapAt + RANGE_BYTES * index;
    u32(at, RANGE_BYTES - 4);
    view.setBigUint64(at + 4, BigInt(range.address), true);
    view.setBigUint64(at + 12, BigInt(range.bytes), true);
    u32(at + 20, range.type);
  }
  bytes.set(text, textAt);
  return bytes;
}
