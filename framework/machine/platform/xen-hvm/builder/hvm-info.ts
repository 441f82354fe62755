/** hvm_info_table (public/hvm/hvm_info_table.h): what hvmloader knows of memory and vCPUs. */
import { PAGE_BYTES } from '../../../../quantities/units';
import { HVM_INFO_BYTES, IOREQ_SERVER_GFN } from './layout';
import type { MemoryLayout } from './layout';

const SIGNATURE = 'HVM INFO';
const CHECKSUM = 12;

export function hvmInfo(layout: MemoryLayout, vcpus: number, apic: boolean): Uint8Array {
  const bytes = new Uint8Array(HVM_INFO_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(SIGNATURE));
  view.setUint32(8, HVM_INFO_BYTES, true);
  view.setUint8(13, apic ? 1 : 0);
  view.setUint32(16, vcpus, true);
  view.setUint32(20, layout.lowmemEnd / PAGE_BYTES, true);
  view.setUint32(24, IOREQ_SERVER_GFN, true);
  view.setUint32(28, layout.highmemEnd / PAGE_BYTES, true);
  for (let vcpu = 0; vcpu < vcpus; vcpu++) {
    const at = 32 + (vcpu >> 3);
    bytes[at] = (bytes[at] ?? 0) | (1 << (vcpu & 7));
  }
  bytes[CHECKSUM] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return bytes;
}
