/**
 * Guest-physical layout of a PVH domain (libxl_dom.c: libxl__build_hvm without a device model; libxl_x86.c: domain_construct_memmap):
 * RAM from 0, no holes of a PC; ACPI tables and special pages lie between FC000000h and 4 GiB.
 */
import { GIB, MIB, PAGE_BYTES } from '../../../../quantities/units';
import type { Bytes, Gpa } from '../../../../quantities/units';
import type { MachineConfig } from '../../../types';
import { DomainBuildError, SPECIAL_GFN } from '../builder/layout';
import type { E820Entry, MemoryLayout } from '../builder/layout';

/** The lowest of what must stay free: ACPI_INFO_PHYSICAL_ADDRESS. */
export const MMIO_START: Gpa = 0xfc00_0000;
const MAXMEM_EXTRA: Bytes = MIB;
const SPECIAL_PAGES = 8;
const E820 = { RAM: 1, RESERVED: 2, ACPI: 3 } as const;

export interface AcpiRange {
  readonly address: Gpa;
  readonly bytes: Bytes;
}

/** @throws DomainBuildError */
export function pvhLayout({ memoryBytes }: MachineConfig): MemoryLayout {
  if (memoryBytes < 4 * MIB) throw new DomainBuildError('at least 4 MiB of memory are needed');
  const lowmemEnd = Math.min(memoryBytes, MMIO_START);
  const highmemEnd = memoryBytes > MMIO_START ? 4 * GIB + memoryBytes - MMIO_START : 0;
  return {
    lowmemEnd,
    highmemEnd,
    mmioStart: MMIO_START,
    videoBytes: 0,
    vramGfn: 0,
    vgaRomGfn: 0,
    vgaRomPages: 0,
    maxPages: (memoryBytes + MAXMEM_EXTRA) / PAGE_BYTES,
  };
}

/** RAM, the special pages, the pages of ACPI tables, RAM above 4 GiB. */
export function pvhMemoryMap({ lowmemEnd, highmemEnd }: MemoryLayout, acpi: readonly AcpiRange[]): E820Entry[] {
  return [
    { address: 0, bytes: lowmemEnd, type: E820.RAM },
    { address: SPECIAL_GFN.PAGING * PAGE_BYTES, bytes: SPECIAL_PAGES * PAGE_BYTES, type: E820.RESERVED },
    ...acpi.map(({ address, bytes }) => {
      const within = address % PAGE_BYTES;
      return { address: address - within, bytes: bytes + within, type: E820.ACPI };
    }),
    ...(highmemEnd > 0 ? [{ address: 4 * GIB, bytes: highmemEnd - 4 * GIB, type: E820.RAM }] : []),
  ];
}
