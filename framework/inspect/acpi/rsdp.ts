import { byteSum, ByteView } from '../byte-view';
import type { MemoryReader } from '../byte-view';
import { decodeRows } from '../fields';
import type { Field } from '../fields';
import type { AcpiTable } from './table';

export const RSDP_SIGNATURE = 'RSD PTR ';
const V1_BYTES = 20;
const V2_BYTES = 36;

/** Root pointer at `gpa` (ACPI 6.5, table 5.3): 20 bytes for revision 0, 36 from 2 on. Its sum is nonzero when either checksum is wrong. */
export function readRsdp(read: MemoryReader, gpa: number): AcpiTable | undefined {
  const all = new ByteView(read(gpa, V2_BYTES));
  if (all.text(0, 8) !== RSDP_SIGNATURE) return undefined;
  const bytes = all.slice(0, all.u8(15) >= 2 ? V2_BYTES : V1_BYTES);
  const firstSum = byteSum(bytes.subarray(0, V1_BYTES));
  return { signature: RSDP_SIGNATURE, gpa, bytes, sum: firstSum === 0 ? byteSum(bytes) : firstSum, hasChecksum: true };
}

export function decodeRsdp(view: ByteView): Field[] {
  return decodeRows(view, [
    { name: 'Signature', offset: 0, size: 8, as: 'text' },
    { name: 'Checksum', offset: 8, size: 1 },
    { name: 'OEMID', offset: 9, size: 6, as: 'text' },
    { name: 'Revision', offset: 15, size: 1, as: 'number' },
    { name: 'RsdtAddress', offset: 16, size: 4 },
    { name: 'Length', offset: 20, size: 4, as: 'number' },
    { name: 'XsdtAddress', offset: 24, size: 8 },
    { name: 'Extended Checksum', offset: 32, size: 1 },
  ]);
}
