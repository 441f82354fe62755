/** The boot information of Multiboot 0.6.96: a structure with pointers. */
import type { Gpa } from '../../../../quantities/units';
import type { BootEnvironment, KernelConfig } from '../types';
import { LOADER_NAME, memoryKib } from './image';
import type { MultibootImage } from './image';

/** Fields that are valid: memory sizes, command line, modules, memory map, name of the loader. */
const FLAGS = 0x1 | 0x4 | 0x8 | 0x40 | 0x200;
const INFO_BYTES = 116;
const MODULE_BYTES = 16;
/** A map entry: its size without this field, address, length, type. */
const RANGE_BYTES = 24;

export function bootInformation1(at: Gpa, { cmdline }: KernelConfig, { module }: MultibootImage, { map }: BootEnvironment): Uint8Array {
  const text = new TextEncoder().encode(`${cmdline}\0${LOADER_NAME}\0`);
  const modulesAt = INFO_BYTES;
  const mapAt = modulesAt + MODULE_BYTES;
  const textAt = mapAt + RANGE_BYTES * map.length;
  const bytes = new Uint8Array(textAt + text.length);
  const view = new DataView(bytes.buffer);
  const u32 = (offset: number, value: number): void => view.setUint32(offset, value, true);
  const { lower, upper } = memoryKib(map);
  const nameAt = at + textAt + text.length - LOADER_NAME.length - 1;
  const fields: readonly (readonly [offset: number, value: number])[] = [
    [0, FLAGS],
    [4, lower],
    [8, upper],
    [16, at + textAt],
    [20, module ? 1 : 0],
    [24, module ? at + modulesAt : 0],
    [44, RANGE_BYTES * map.length],
    [48, at + mapAt],
    [64, nameAt],
  ];
  for (const [offset, value] of fields) u32(offset, value);
  if (module) {
    u32(modulesAt, module.address);
    u32(modulesAt + 4, module.address + module.contents.length);
    // The module's own string: none, the empty text behind the command line.
    u32(modulesAt + 8, nameAt - 1);
  }
  for (const [index, range] of map.entries()) {
    const entry = mapAt + RANGE_BYTES * index;
    u32(entry, RANGE_BYTES - 4);
    view.setBigUint64(entry + 4, BigInt(range.address), true);
    view.setBigUint64(entry + 12, BigInt(range.bytes), true);
    u32(entry + 20, range.type);
  }
  bytes.set(text, textAt);
  return bytes;
}
