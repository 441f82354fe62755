import { byteSum, ByteView } from './byte-view';
import type { MemoryReader } from './byte-view';
import { decodeRows } from './fields';
import type { Field } from './fields';

/** Where the domain builder puts hvm_info (Xen public/hvm/hvm_info_table.h). */
export const HVM_INFO_GPA = 0x9f800;
const SIGNATURE = 'HVM INFO';
const LENGTH = 48;

export interface HvmInfo {
  readonly bytes: Uint8Array;
  readonly sum: number;
  readonly fields: readonly Field[];
}

/** hvm_info at its fixed place; undefined when its signature is not there. */
export function readHvmInfo(read: MemoryReader): HvmInfo | undefined {
  const view = new ByteView(read(HVM_INFO_GPA, LENGTH));
  if (view.text(0, 8) !== SIGNATURE) return undefined;
  const fields = decodeRows(view, [
    { name: 'length', offset: 8, size: 4, as: 'number' },
    { name: 'checksum', offset: 12, size: 1 },
    { name: 'apic_mode', offset: 13, size: 1, as: 'number' },
    { name: 'nr_vcpus', offset: 16, size: 4, as: 'number' },
    { name: 'low_mem_pgend', offset: 20, size: 4 },
    { name: 'reserved_mem_pgstart', offset: 24, size: 4 },
    { name: 'high_mem_pgend', offset: 28, size: 4 },
    { name: 'vcpu_online', offset: 32, size: 16, as: 'bytes' },
  ]);
  return { bytes: view.bytes, sum: byteSum(view.bytes), fields };
}
