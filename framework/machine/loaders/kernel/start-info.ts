/** hvm_start_info, version 1 (public/arch-x86/hvm/start_info.h), with its modules, command line and memory map behind it. */
import type { Bytes, Gpa } from '../../../quantities/units';
import type { MemoryRange } from './types';

const MAGIC = 0x336e_c578;
const VERSION = 1;
const HEADER_BYTES = 56;
const MODULE_BYTES = 32;
const RANGE_BYTES = 24;

export interface BootModule {
  readonly address: Gpa;
  readonly bytes: Bytes;
}

export interface StartInfoContents {
  readonly modules: readonly BootModule[];
  readonly cmdline: string;
  readonly rsdp: Gpa;
  readonly map: readonly MemoryRange[];
}

/** The structure as it lies at `address`. */
export function pvhStartInfo(address: Gpa, { modules, cmdline, rsdp, map }: StartInfoContents): Uint8Array {
  const text = new TextEncoder().encode(`${cmdline}\0`);
  const mapAt = HEADER_BYTES + modules.length * MODULE_BYTES;
  const textAt = mapAt + map.length * RANGE_BYTES;
  const bytes = new Uint8Array(textAt + text.length);
  const view = new DataView(bytes.buffer);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, true);
  const u64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), true);
  u32(0, MAGIC);
  u32(4, VERSION);
  u32(12, modules.length);
  if (modules.length > 0) u64(16, address + HEADER_BYTES);
  u64(24, address + textAt);
  u64(32, rsdp);
  u64(40, address + mapAt);
  u32(48, map.length);
  for (const [index, module] of modules.entries()) {
    u64(HEADER_BYTES + index * MODULE_BYTES, module.address);
    u64(HEADER_BYTES + index * MODULE_BYTES + 8, module.bytes);
  }
  for (const [index, range] of map.entries()) {
    const at = mapAt + index * RANGE_BYTES;
    u64(at, range.address);
    u64(at + 8, range.bytes);
    u32(at + 16, range.type);
  }
  bytes.set(text, textAt);
  return bytes;
}
