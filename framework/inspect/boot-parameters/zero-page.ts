/** Linux's boot_params (arch/x86/include/uapi/asm/bootparam.h); for the 16-bit entry, the setup code's own header at the same offsets. */
import { ByteView } from '../byte-view';
import type { MemoryReader } from '../byte-view';
import { parseE820 } from '../e820';
import { textAt } from './parameters';
import type { BootParameters } from './parameters';

const PAGE_BYTES = 4096;
const AT = { RSDP: 0x70, E820_COUNT: 0x1e8, MAGIC: 0x202, RAMDISK: 0x218, RAMDISK_BYTES: 0x21c, COMMAND_LINE: 0x228, E820: 0x2d0 } as const;
const HDRS = 0x5372_6448;
const E820_BYTES = 20;

/** `hasMap` false: only the setup header is filled in. undefined: there is none. */
export function readZeroPage(read: MemoryReader, gpa: number, hasMap: boolean): BootParameters | undefined {
  const view = new ByteView(read(gpa, PAGE_BYTES));
  if (view.u32(AT.MAGIC) !== HDRS) return undefined;
  const bytes = view.u32(AT.RAMDISK_BYTES);
  const count = view.u8(AT.E820_COUNT);
  const rsdp = hasMap ? view.uint(AT.RSDP, 8) : 0;
  return {
    cmdline: textAt(read, view.u32(AT.COMMAND_LINE)),
    modules: bytes === 0 ? [] : [{ gpa: view.u32(AT.RAMDISK), bytes }],
    rsdp: rsdp === 0 ? undefined : rsdp,
    memoryMap: hasMap ? parseE820(view.slice(AT.E820, count * E820_BYTES), count) : undefined,
  };
}
