import { byteSum, ByteView } from './byte-view';
import type { MemoryReader } from './byte-view';
import { parseE820 } from './e820';
import type { E820Entry } from './e820';

/** Where a Xen loader leaves word for the firmware that it starts: tables and memory map. */
export const BIOS_INFO_GPA = 0x1000;
const SIGNATURE_BYTES = 14;
const E820_ENTRY_BYTES = 20;

export interface BiosInfo {
  /** `XenHVMSeaBIOS`, `XenHVMOVMF`. */
  readonly signature: string;
  readonly bytes: Uint8Array;
  readonly sum: number;
  readonly tables: readonly number[];
  readonly e820Gpa: number;
  readonly e820Count: number;
  readonly e820: readonly E820Entry[];
}

/** The info struct: 32 bytes with 32-bit pointers for SeaBIOS, 40 bytes with 64-bit ones for OVMF. undefined: none there. */
export function readBiosInfo(read: MemoryReader): BiosInfo | undefined {
  const head = new ByteView(read(BIOS_INFO_GPA, 40));
  const signature = head.text(0, SIGNATURE_BYTES);
  const pointerBytes = signature === 'XenHVMSeaBIOS' ? 4 : signature === 'XenHVMOVMF' ? 8 : 0;
  if (pointerBytes === 0) return undefined;
  const length = 24 + 2 * pointerBytes;
  const bytes = head.slice(0, Math.min(head.u8(14), length));
  const view = new ByteView(bytes);
  const tablesNr = 16 + pointerBytes;
  const e820At = tablesNr + 4;
  const e820Gpa = view.uint(e820At, pointerBytes);
  const e820Count = view.u32(e820At + pointerBytes);
  const tablesCount = Math.min(view.u32(tablesNr), 32);
  const list = new ByteView(read(view.uint(16, pointerBytes), tablesCount * 4));
  return {
    signature,
    bytes,
    sum: byteSum(bytes),
    tables: Array.from({ length: tablesCount }, (_, index) => list.u32(index * 4)),
    e820Gpa,
    e820Count,
    e820: e820Count > 128 ? [] : parseE820(read(e820Gpa, e820Count * E820_ENTRY_BYTES), e820Count),
  };
}
