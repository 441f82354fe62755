/**
 * Guest-physical layout of a Xen HVM domain with a device model, as libxl and libxenguest of Xen 4.17 lay it out
 * (public/hvm/e820.h, public/hvm/hvm_info_table.h; fact sheet 1.1).
 */
import { GIB, MIB, PAGE_BYTES } from '../../../../quantities/units';
import type { Bytes, Gfn, Gpa } from '../../../../quantities/units';
import type { MachineConfig } from '../../../types';

export const VGA_HOLE_START: Gpa = 0xa_0000;
export const VGA_HOLE_END: Gpa = 0xc_0000;
/** Where a module or hvmloader may not start: memory below is the low 640 KiB. */
const LOW_MEM_START: Gpa = 0x10_0000;
const BELOW_4G_MMIO_LENGTH: Bytes = 256 * MIB;

/** hvm_info_table: page 9Fh, offset 800h. */
export const HVM_INFO_ADDRESS: Gpa = 0x9_f800;
export const HVM_INFO_BYTES = 48;
/** Most vCPUs that hvm_info's online bitmap can tell of. */
export const MAX_VCPUS = 128;

/** Special pages end right below 4 GiB - 16 MiB (FF000h frames). */
const END_SPECIAL_REGION: Gfn = 0xf_f000;
const SPECIAL_PAGES = 8;
export const IOREQ_SERVER_PAGES = 8;
export const SPECIAL_GFN = {
  PAGING: END_SPECIAL_REGION - SPECIAL_PAGES,
  ACCESS: END_SPECIAL_REGION - SPECIAL_PAGES + 1,
  SHARING: END_SPECIAL_REGION - SPECIAL_PAGES + 2,
  BUFIOREQ: END_SPECIAL_REGION - SPECIAL_PAGES + 3,
  XENSTORE: END_SPECIAL_REGION - SPECIAL_PAGES + 4,
  IOREQ: END_SPECIAL_REGION - SPECIAL_PAGES + 5,
  IDENT_PT: END_SPECIAL_REGION - SPECIAL_PAGES + 6,
  CONSOLE: END_SPECIAL_REGION - SPECIAL_PAGES + 7,
} as const;
export const IOREQ_SERVER_GFN: Gfn = END_SPECIAL_REGION - SPECIAL_PAGES - IOREQ_SERVER_PAGES;

/** Frames that QEMU's option ROM of the VGA adapter takes: the ROM size rounded up to a power of two. */
const MIN_ROM_BYTES = PAGE_BYTES;
/** What libxl gives a domain over `maxmem` (LIBXL_MAXMEM_CONSTANT). */
const MAXMEM_EXTRA: Bytes = 1 * MIB;
/** The machine that Xen runs on has this much memory for one guest. */
const MAX_GUEST_BYTES: Bytes = 192 * GIB;

const VIDEO_BYTES: Record<MachineConfig['vga'], Bytes> = { stdvga: 16 * MIB, cirrus: 8 * MIB, none: 0 };

/** What is wrong with a configuration that no domain can be built from. */
export class DomainBuildError extends Error {
  override readonly name = 'DomainBuildError';
}

export interface MemoryLayout {
  /** RAM below the MMIO hole ends here, RAM above 4 GiB ends at highmemEnd (0: none). */
  readonly lowmemEnd: Gpa;
  readonly highmemEnd: Gpa;
  readonly mmioStart: Gpa;
  readonly videoBytes: Bytes;
  /** Where the device model keeps the frames of video RAM and of the adapter's ROM while no BAR maps them. */
  readonly vramGfn: Gfn;
  readonly vgaRomGfn: Gfn;
  readonly vgaRomPages: number;
  /** Most pages that the hypervisor lets the domain have. */
  readonly maxPages: number;
}

function romPages(rom: Uint8Array | undefined): number {
  if (rom === undefined) return 0;
  let bytes = MIN_ROM_BYTES;
  while (bytes < rom.length) bytes *= 2;
  return bytes / PAGE_BYTES;
}

/**
 * @throws DomainBuildError when `memory` cannot hold the video RAM and a loader, or is past what a host has.
 */
export function memoryLayout(
  config: Pick<MachineConfig, 'memoryBytes' | 'vga' | 'firmware'>,
  mmioHoleBytes: Bytes = BELOW_4G_MMIO_LENGTH,
): MemoryLayout {
  const videoBytes = VIDEO_BYTES[config.vga];
  const wholeMib = Math.floor(config.memoryBytes / MIB) * MIB;
  const ramBytes = wholeMib - videoBytes;
  if (ramBytes < 4 * MIB) {
    throw new DomainBuildError(
      `memory of ${String(wholeMib / MIB)} MiB leaves ${String(Math.max(0, ramBytes) / MIB)} MiB of RAM beside ` +
        `${String(videoBytes / MIB)} MiB of video RAM: at least 4 MiB are needed`,
    );
  }
  if (wholeMib > MAX_GUEST_BYTES) {
    throw new DomainBuildError(`memory of ${String(wholeMib / GIB)} GiB: at most ${String(MAX_GUEST_BYTES / GIB)} GiB`);
  }
  const mmioStart = 4 * GIB - Math.max(mmioHoleBytes, BELOW_4G_MMIO_LENGTH);
  const lowmemEnd = Math.min(ramBytes, mmioStart);
  const highmemEnd = ramBytes > mmioStart ? 4 * GIB + ramBytes - mmioStart : 0;
  const vramGfn = (highmemEnd === 0 ? lowmemEnd : highmemEnd) / PAGE_BYTES;
  return {
    lowmemEnd,
    highmemEnd,
    mmioStart,
    videoBytes,
    vramGfn,
    vgaRomGfn: vramGfn + videoBytes / PAGE_BYTES,
    vgaRomPages: config.vga === 'none' ? 0 : romPages(config.firmware.vgaRom),
    maxPages: (wholeMib + MAXMEM_EXTRA) / PAGE_BYTES,
  };
}

/** A range as XENMEM_memory_map gives it: type 1 is RAM. */
export interface E820Entry {
  readonly address: Gpa;
  readonly bytes: Bytes;
  readonly type: number;
}

const E820_RAM = 1;

/** The map that the tool stack gives the hypervisor for the guest (domain_construct_memmap). */
export function guestMemoryMap(layout: MemoryLayout): E820Entry[] {
  const map = [{ address: LOW_MEM_START, bytes: layout.lowmemEnd - LOW_MEM_START, type: E820_RAM }];
  if (layout.highmemEnd > 0) map.push({ address: 4 * GIB, bytes: layout.highmemEnd - 4 * GIB, type: E820_RAM });
  return map;
}
