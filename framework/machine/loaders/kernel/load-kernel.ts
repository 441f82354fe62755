import { checkPlacement } from './check-placement';
import { loadLinux } from './linux';
import { readLinuxHeader } from './linux-header';
import { hasMultiboot1Header, hasMultiboot2Header } from './multiboot/header';
import { loadMultiboot } from './multiboot/load';
import { loadPvh } from './pvh';
import { pvhEntry } from './pvh-note';
import { KernelError } from './types';
import type { BootEnvironment, DirectEntry, KernelConfig, KernelEntry, LoadedKernel } from './types';

/** The protocol that the image is for: a bzImage by its widest entry, an ELF file by the first protocol that it declares. */
export function kernelEntryOf({ image, entry }: KernelConfig): KernelEntry {
  if (entry) return entry;
  const linux = readLinuxHeader(image);
  if (linux) return linux.has64BitEntry ? 'linux64' : 'linux32';
  if (pvhEntry(image) !== undefined) return 'pvh';
  if (hasMultiboot2Header(image)) return 'multiboot2';
  if (hasMultiboot1Header(image)) return 'multiboot';
  throw new KernelError('it is no bzImage, and has neither a PVH note nor a multiboot header');
}

/** A kernel that is entered at once. @throws KernelError */
export function loadKernel(kernel: KernelConfig, entry: DirectEntry, environment: BootEnvironment): LoadedKernel {
  const loaded = load(kernel, entry, environment);
  checkPlacement(loaded, environment);
  return loaded;
}

function load(kernel: KernelConfig, entry: DirectEntry, environment: BootEnvironment): LoadedKernel {
  if (kernel.modules && !entry.startsWith('multiboot'))
    throw new KernelError(`modules are for multiboot kernels; it is entered by ${entry}`);
  switch (entry) {
    case 'linux32':
    case 'linux64':
      return loadLinux(kernel, entry, environment);
    case 'pvh':
      return loadPvh(kernel, environment);
    case 'multiboot':
    case 'multiboot2':
      return loadMultiboot(kernel, entry, environment);
  }
}
