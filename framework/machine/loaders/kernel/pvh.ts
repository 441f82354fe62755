/** A kernel entered as PVH guests are (docs/misc/pvh.pandoc of Xen): the PHYS32_ENTRY note's address, EBX = start info. */
import { PAGE_BYTES } from '../../../quantities/units';
import type { Gpa } from '../../../quantities/units';
import { elfPieces } from './elf-pieces';
import { pvhEntry } from './pvh-note';
import { pvhStartInfo } from './start-info';
import { RBX, startState } from './start-state';
import { KernelError } from './types';
import type { BootEnvironment, KernelConfig, LoadedKernel } from './types';

const START_INFO: Gpa = 0x6000;
/** What the loader leaves below 640 KiB ends here. */
const START_INFO_END: Gpa = 0x9_0000;

/** @throws KernelError for an image without the note, or one that does not fit. */
export function loadPvh(kernel: KernelConfig, environment: BootEnvironment): LoadedKernel {
  const entry = pvhEntry(kernel.image);
  if (entry === undefined) throw new KernelError('it has no PHYS32_ENTRY note (PVH)');
  const { pieces, end } = elfPieces(kernel.image, environment);
  const modules = [];
  if (kernel.ramdisk) {
    const address = Math.floor((environment.lowEnd - kernel.ramdisk.length) / PAGE_BYTES) * PAGE_BYTES;
    if (address < end) throw new KernelError(`the RAM disk of ${kernel.ramdisk.length} bytes does not fit behind the kernel`);
    pieces.push({ address, contents: kernel.ramdisk });
    modules.push({ address, bytes: kernel.ramdisk.length });
  }
  const { rsdp, map } = environment;
  const info = pvhStartInfo(START_INFO, { modules, cmdline: kernel.cmdline, rsdp, map });
  if (START_INFO + info.length > START_INFO_END) throw new KernelError('the command line is too long');
  pieces.push({ address: START_INFO, contents: info });
  return {
    entry: 'pvh',
    at: entry,
    parameters: START_INFO,
    pieces,
    cpu: (reset) =>
      startState(reset, {
        entry,
        registers: { [RBX]: START_INFO },
        selectors: { code: 0, data: 0 },
        gdt: { base: 0, limit: 0 },
      }),
  };
}
