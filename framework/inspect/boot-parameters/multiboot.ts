/** Boot information of the Multiboot specification, versions 0.6.96 and 2. */
import { ByteView } from '../byte-view';
import type { MemoryReader } from '../byte-view';
import { parseE820 } from '../e820';
import { textAt } from './parameters';
import type { BootParameters } from './parameters';

const HAS = { COMMAND_LINE: 0x4, MODULES: 0x8, MAP: 0x40 } as const;
const INFO_BYTES = 116;
const MODULE_BYTES = 16;
const MODULES_MAX = 64;
/** An entry of version 1: its size, then base, length and type. */
const RANGE1_BYTES = 24;
const RANGES_MAX = 256;

export function readMultiboot1(read: MemoryReader, gpa: number): BootParameters {
  const view = new ByteView(read(gpa, INFO_BYTES));
  const flags = view.u32(0);
  const count = flags & HAS.MODULES ? Math.min(view.u32(20), MODULES_MAX) : 0;
  const list = new ByteView(read(view.u32(24), count * MODULE_BYTES));
  const ranges = flags & HAS.MAP ? Math.min(Math.floor(view.u32(44) / RANGE1_BYTES), RANGES_MAX) : 0;
  return {
    cmdline: flags & HAS.COMMAND_LINE ? textAt(read, view.u32(16)) : '',
    modules: Array.from({ length: count }, (_, index) => moduleOf(list, index * MODULE_BYTES)),
    rsdp: undefined,
    memoryMap: parseE820(read(view.u32(48) + 4, ranges * RANGE1_BYTES), ranges, RANGE1_BYTES),
  };
}

function moduleOf(view: ByteView, at: number): { gpa: number; bytes: number } {
  const first = view.u32(at);
  return { gpa: first, bytes: Math.max(0, view.u32(at + 4) - first) };
}

const TAG = { END: 0, COMMAND_LINE: 1, MODULE: 3, MAP: 6, OLD_RSDP: 14, NEW_RSDP: 15 } as const;
const TAGS_BYTES_MAX = 0x1_0000;

export function readMultiboot2(read: MemoryReader, gpa: number): BootParameters {
  const view = new ByteView(read(gpa, Math.min(new ByteView(read(gpa, 4)).u32(0), TAGS_BYTES_MAX)));
  let found: BootParameters = { cmdline: '', modules: [], rsdp: undefined, memoryMap: undefined };
  for (let at = 8; view.has(at, 8);) {
    const type = view.u32(at);
    const size = view.u32(at + 4);
    if (type === TAG.END || size < 8) break;
    if (type === TAG.COMMAND_LINE) found = { ...found, cmdline: textAt(read, gpa + at + 8) };
    else if (type === TAG.MODULE) found = { ...found, modules: [...found.modules, moduleOf(view, at + 8)] };
    else if (type === TAG.OLD_RSDP || type === TAG.NEW_RSDP) found = { ...found, rsdp: gpa + at + 8 };
    else if (type === TAG.MAP) found = { ...found, memoryMap: mapOf(view, at, size) };
    at += Math.ceil(size / 8) * 8;
  }
  return found;
}

function mapOf(view: ByteView, at: number, size: number): BootParameters['memoryMap'] {
  const RANGE2_BYTES = 24;
  const count = Math.min(Math.floor((size - 16) / RANGE2_BYTES), RANGES_MAX);
  return parseE820(view.slice(at + 16, count * RANGE2_BYTES), count, RANGE2_BYTES);
}
