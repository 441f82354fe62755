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

export function bootInformation1(at: Gpa, { cmdline }: KernelConfig, { modules }: MultibootImage, { map }: BootEnvironment): Uint8Array {
  const texts = [cmdline, ...modules.map((module) => module.cmdline), LOADER_NAME].map((line) => new TextEncoder().encode(`${line}\0`));
  const modulesAt = INFO_BYTES;
  const mapAt = modulesAt + MODULE_BYTES * modules.length;
  const textAt = mapAt + RANGE_BYTES * map.length;
  const textBytes = (count: number): number => texts.slice(0, count).reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(textAt + textBytes(texts.length));
  const view = new DataView(bytes.buffer);
  const u32 = (offset: number, value: number): void => view.setUint32(offset, value, true);
  const { lower, upper } = memoryKib(map);
  const fields: readonly (readonly [offset: number, value: number])[] = [
    [0, FLAGS],
    [4, lower],
    [8, upper],
    [16, at + textAt],
    [20, modules.length],
    [24, modules.length > 0 ? at + modulesAt : 0],
    [44, RANGE_BYTES * map.length],
    [48, at + mapAt],
    [64, at + textAt + textBytes(modules.length + 1)],
  ];
  for (const [offset, value] of fields) u32(offset, value);
  for (const [index, { address, contents }] of modules.entries()) {
    const entry = modulesAt + MODULE_BYTES * index;
    u32(entry, address);
    u32(entry + 4, address + contents.length);
    u32(entry + 8, at + textAt + textBytes(index + 1));
  }
  for (const [index, range] of map.entries()) {
    const entry = mapAt + RANGE_BYTES * index;
    u32(entry, RANGE_BYTES - 4);
    view.setBigUint64(entry + 4, BigInt(range.address), true);
    view.setBigUint64(entry + 12, BigInt(range.bytes), true);
    u32(entry + 20, range.type);
  }
  for (const [index, line] of texts.entries()) bytes.set(line, textAt + textBytes(index));
  return bytes;
}
