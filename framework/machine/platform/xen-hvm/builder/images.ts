/** Loads hvmloader and the modules behind it, as libxenguest does (xg_dom_hvmloader.c): one bump allocation, page by page. */
import { PAGE_BYTES } from '../../../../quantities/units';
import type { Gpa } from '../../../../quantities/units';
import type { PhysicalMemory } from '../../../core-host/types';
import { ElfError, readElf } from '../../../loaders/elf';
import type { ElfImage } from '../../../loaders/elf';
import type { MachineConfig } from '../../../types';
import { DomainBuildError } from './layout';
import type { MemoryLayout } from './layout';
import type { StartModule } from './start-info';

export interface LoadedImages {
  readonly entry: Gpa;
  readonly modules: readonly StartModule[];
  /** First free page behind them. */
  readonly next: Gpa;
}

function pageUp(address: Gpa): Gpa {
  return Math.ceil(address / PAGE_BYTES) * PAGE_BYTES;
}

function readLoader(config: MachineConfig, layout: MemoryLayout): ElfImage {
  if (config.firmware.loader === undefined) throw new DomainBuildError('a Xen HVM guest needs hvmloader');
  try {
    return readElf(config.firmware.loader, { end: layout.lowmemEnd, bits: 32 });
  } catch (error) {
    if (error instanceof ElfError) throw new DomainBuildError(`hvmloader: ${error.message}`, { cause: error });
    throw error;
  }
}

/** @throws DomainBuildError when an image is no loader or does not fit in the guest's memory. */
export function loadImages(memory: PhysicalMemory, config: MachineConfig, layout: MemoryLayout): LoadedImages {
  const elf = readLoader(config, layout);
  for (const segment of elf.segments) memory.write(segment.address, segment.contents);
  const { bios } = config.firmware;
  const address = pageUp(elf.end);
  const next = pageUp(address + bios.length);
  if (next > layout.lowmemEnd) {
    throw new DomainBuildError(
      `the system firmware of ${String(bios.length)} bytes would end at 0x${next.toString(16)}, ` +
        `past RAM at 0x${layout.lowmemEnd.toString(16)}`,
    );
  }
  if (bios.length === 0) return { entry: elf.entry, modules: [], next: address };
  memory.write(address, bios);
  return { entry: elf.entry, modules: [{ address, bytes: bios.length, commandLine: 'firmware' }], next };
}
