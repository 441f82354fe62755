import { textAt } from './boot-parameters/parameters';
import { ByteView } from './byte-view';
import type { MemoryReader } from './byte-view';
import { parseE820 } from './e820';
import type { E820Entry } from './e820';

/** XEN_HVM_START_MAGIC_VALUE (Xen public/arch-x86/hvm/start_info.h). */
const START_INFO_MAGIC = 0x336e_c578;
const HEADER_BYTES = 56;
const MODULE_BYTES = 32;
const MEMMAP_ENTRY_BYTES = 24;
const MODULES_MAX = 64;

interface StartInfoModule {
  readonly gpa: number;
  readonly size: number;
  readonly commandLine: string;
}

export interface StartInfo {
  readonly gpa: number;
  readonly magic: number;
  readonly version: number;
  readonly flags: number;
  readonly modules: readonly StartInfoModule[];
  readonly commandLine: string;
  readonly rsdp: number;
  readonly memoryMap: readonly E820Entry[];
}

/** hvm_start_info at `gpa`; undefined when its magic is not there. */
export function readStartInfo(read: MemoryReader, gpa: number): StartInfo | undefined {
  const view = new ByteView(read(gpa, HEADER_BYTES));
  if (view.u32(0) !== START_INFO_MAGIC) return undefined;
  const version = view.u32(4);
  const moduleCount = Math.min(view.u32(12), MODULES_MAX);
  const list = new ByteView(read(view.uint(16, 8), moduleCount * MODULE_BYTES));
  const modules: StartInfoModule[] = [];
  for (let at = 0; at < moduleCount * MODULE_BYTES; at += MODULE_BYTES) {
    modules.push({ gpa: list.uint(at, 8), size: list.uint(at + 8, 8), commandLine: textAt(read, list.uint(at + 16, 8)) });
  }
  const entries = version >= 1 ? Math.min(view.u32(48), 256) : 0;
  return {
    gpa,
    magic: view.u32(0),
    version,
    flags: view.u32(8),
    modules,
    commandLine: textAt(read, view.uint(24, 8)),
    rsdp: view.uint(32, 8),
    memoryMap: entries === 0 ? [] : parseE820(read(view.uint(40, 8), entries * MEMMAP_ENTRY_BYTES), entries, MEMMAP_ENTRY_BYTES),
  };
}
