/** hvm_start_info with its module list and memory map (public/arch-x86/hvm/start_info.h; xg_dom_x86.c: bootlate_hvm). */
import { PAGE_BYTES } from '../../../../quantities/units';
import type { Bytes, Gpa } from '../../../../quantities/units';
import type { E820Entry } from './layout';

const MAGIC = 0x336e_c578;
const VERSION = 1;
const HEADER_BYTES = 56;
const MODULE_BYTES = 32;
const MEMMAP_ENTRY_BYTES = 24;
/** Room for modules and their command lines, whether used or not. */
const MAX_MODULES = 2;
const COMMAND_LINE_BYTES = 1024;

export interface StartModule {
  readonly address: Gpa;
  readonly bytes: Bytes;
  readonly commandLine: string;
}

/** What only a PVH guest is given. */
export interface PvhExtras {
  readonly cmdline: string;
  readonly rsdp: Gpa;
}

/** Its command line lies right behind the header. */
function commandLineBytes(pvh: PvhExtras | undefined): Bytes {
  return pvh ? Math.ceil((pvh.cmdline.length + 1) / 8) * 8 : 0;
}

export function startInfoBytes(map: readonly E820Entry[], pvh?: PvhExtras): Bytes {
  return HEADER_BYTES + commandLineBytes(pvh) + MAX_MODULES * (MODULE_BYTES + COMMAND_LINE_BYTES) + map.length * MEMMAP_ENTRY_BYTES;
}

/** The structure as it lies at `address`. */
export function startInfo(address: Gpa, modules: readonly StartModule[], map: readonly E820Entry[], pvh?: PvhExtras): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(startInfoBytes(map, pvh) / PAGE_BYTES) * PAGE_BYTES);
  const view = new DataView(bytes.buffer);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, true);
  const u64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  const list = HEADER_BYTES + commandLineBytes(pvh);
  const memmap = list + MAX_MODULES * (MODULE_BYTES + COMMAND_LINE_BYTES);
  u32(0, MAGIC);
  u32(4, VERSION);
  u32(12, modules.length);
  if (modules.length > 0) u64(16, address + list);
  if (pvh) {
    u64(24, address + HEADER_BYTES);
    u64(32, pvh.rsdp);
    bytes.set(new TextEncoder().encode(pvh.cmdline), HEADER_BYTES);
  }
  u64(40, address + memmap);
  u32(48, map.length);
  modules.forEach((module, index) => {
    const at = list + index * MODULE_BYTES;
    const commandLine = list + MAX_MODULES * MODULE_BYTES + index * COMMAND_LINE_BYTES;
    u64(at, module.address);
    u64(at + 8, module.bytes);
    if (module.commandLine !== '') u64(at + 16, address + commandLine);
    bytes.set(new TextEncoder().encode(module.commandLine).subarray(0, COMMAND_LINE_BYTES - 1), commandLine);
  });
  map.forEach((entry, index) => {
    const at = memmap + index * MEMMAP_ENTRY_BYTES;
    u64(at, entry.address);
    u64(at + 8, entry.bytes);
    u32(at + 16, entry.type);
  });
  return bytes;
}
