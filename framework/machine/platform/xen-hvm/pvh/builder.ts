/** The domain builder for `type = "pvh"`: no firmware and no device model; the kernel's own entry (xg_dom_elfloader.c, xg_dom_x86.c). */
import { GIB, PAGE_BYTES } from '../../../../quantities/units';
import type { Gpa } from '../../../../quantities/units';
import { ElfError, readElf } from '../../../loaders/elf';
import type { ElfImage } from '../../../loaders/elf';
import { pvhEntry, supportsAnyRsdp } from '../../../loaders/kernel/pvh-note';
import { KernelError } from '../../../loaders/kernel/types';
import type { KernelConfig } from '../../../loaders/kernel/types';
import type { KernelStart, MachineConfig } from '../../../types';
import type { BuiltDomain, DomainParts } from '../builder/domain';
import { openChannels, setParams } from '../builder/domain';
import { DomainBuildError, MAX_VCPUS } from '../builder/layout';
import type { MemoryLayout } from '../builder/layout';
import { populateRange, populateSpecial } from '../builder/populate';
import { startInfo, startInfoBytes } from '../builder/start-info';
import type { XenGuestKind } from '../guest-kind';
import { apicIdOf } from '../devices';
import { pvhTree } from '../xenstore/guest-tree';
import { pvhAcpi } from './acpi';
import type { PvhAcpi } from './acpi';
import { PvhHardware } from './hardware';
import { pvhLayout, pvhMemoryMap } from './layout';

function pageUp(address: Gpa): Gpa {
  return Math.ceil(address / PAGE_BYTES) * PAGE_BYTES;
}

/** @throws KernelError for an image that is no PVH kernel; DomainBuildError for a configuration that no tool stack could build. */
export function pvhKind(config: MachineConfig): XenGuestKind {
  const { kernel, vcpus } = config;
  if (!kernel) throw new DomainBuildError('a PVH guest needs a kernel');
  if (vcpus < 1 || vcpus > MAX_VCPUS) throw new DomainBuildError(`${vcpus} vCPUs: between 1 and ${MAX_VCPUS}`);
  const layout = pvhLayout(config);
  const entry = pvhEntry(kernel.image);
  if (entry === undefined) throw new KernelError('it has no PHYS32_ENTRY note (PVH)');
  const elf = kernelElf(kernel, layout);
  const apicIds = Array.from({ length: vcpus }, (_, vcpu) => apicIdOf(vcpu));
  const acpi = config.acpi ? pvhAcpi(apicIds, supportsAnyRsdp(kernel.image)) : undefined;
  return {
    layout,
    memoryMap: pvhMemoryMap(layout, rangesOf(acpi)),
    hardware: (host, xen) => new PvhHardware(host, xen, config),
    build: (parts) => buildPvhDomain(parts, kernel, elf, entry, acpi),
    kernelStart: (_hardware, built): KernelStart => ({ entry: 'pvh', at: built.entry, parameters: built.startInfo }),
  };
}

function kernelElf(kernel: KernelConfig, { lowmemEnd }: MemoryLayout): ElfImage {
  try {
    return readElf(kernel.image, { end: lowmemEnd });
  } catch (error) {
    if (error instanceof ElfError) throw new KernelError(error.message, { cause: error });
    throw error;
  }
}

/** In the order in which libxl has them: RSDP, information page, tables. */
function rangesOf(acpi: PvhAcpi | undefined): { address: Gpa; bytes: number }[] {
  return acpi ? [acpi.rsdp, acpi.info, acpi.tables].map(({ address, contents }) => ({ address, bytes: contents.length })) : [];
}

function buildPvhDomain(parts: DomainParts, kernel: KernelConfig, elf: ElfImage, entry: Gpa, acpi: PvhAcpi | undefined): BuiltDomain {
  const { config, layout, map, memory, p2m, params, channels } = parts;
  populateRange(p2m, 0, layout.lowmemEnd / PAGE_BYTES);
  if (layout.highmemEnd > 0) populateRange(p2m, (4 * GIB) / PAGE_BYTES, layout.highmemEnd / PAGE_BYTES);
  populateSpecial(p2m);
  for (const { address, bytes } of rangesOf(acpi)) {
    if (address < layout.mmioStart) continue;
    populateRange(p2m, Math.floor(address / PAGE_BYTES), pageUp(address + bytes) / PAGE_BYTES);
  }
  const { storePort, consolePort } = openChannels(channels, 0);
  setParams(params, storePort, consolePort, false);
  for (const segment of elf.segments) memory.write(segment.address, segment.contents);
  const ramdiskAt = pageUp(elf.end);
  const { ramdisk } = kernel;
  const infoAt = pageUp(ramdiskAt + (ramdisk?.length ?? 0));
  const more = { cmdline: kernel.cmdline, rsdp: acpi?.rsdp.address ?? 0 };
  if (infoAt + startInfoBytes(map, more) > layout.lowmemEnd)
    throw new KernelError('kernel, RAM disk and start info do not fit into memory');
  if (ramdisk) memory.write(ramdiskAt, ramdisk);
  const modules = ramdisk ? [{ address: ramdiskAt, bytes: ramdisk.length, commandLine: '' }] : [];
  memory.write(infoAt, startInfo(infoAt, modules, map, more));
  if (acpi) for (const { address, contents } of [acpi.info, acpi.tables, acpi.rsdp]) memory.write(address, contents);
  parts.grants.initialise();
  for (const { path, value, permissions } of pvhTree(config, layout, { store: storePort, console: consolePort })) {
    parts.xenstore.dom0Write(path, value, permissions);
  }
  parts.ring.introduce();
  return { entry, startInfo: infoAt, storePort, consolePort };
}
