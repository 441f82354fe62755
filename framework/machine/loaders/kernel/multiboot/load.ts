/** Multiboot, versions 0.6.96 and 2: an ELF or flat kernel in flat protected mode, EAX = magic, EBX = boot information. */
import type { Gpa } from '../../../../quantities/units';
import { RAX, RBX, startState } from '../start-state';
import { KernelError } from '../types';
import type { BootEnvironment, KernelConfig, LoadedKernel } from '../types';
import { readMultiboot1Header, readMultiboot2Header } from './header';
import type { MultibootHeader } from './header';
import { placeImage } from './image';
import type { MultibootImage } from './image';
import { bootInformation1 } from './information1';
import { bootInformation2 } from './information2';

const INFO: Gpa = 0x6000;
const INFO_END: Gpa = 0x9_0000;
const SELECTORS = { code: 0x8, data: 0x10 } as const;

interface Version {
  /** EAX at the entry. */
  readonly magic: number;
  readonly readHeader: (image: Uint8Array) => MultibootHeader;
  /** The boot information as it lies at `at`. */
  readonly information: (at: Gpa, kernel: KernelConfig, image: MultibootImage, environment: BootEnvironment) => Uint8Array;
}

const VERSIONS: Readonly<Record<'multiboot' | 'multiboot2', Version>> = {
  multiboot: { magic: 0x2bad_b002, readHeader: readMultiboot1Header, information: bootInformation1 },
  multiboot2: { magic: 0x36d7_6289, readHeader: readMultiboot2Header, information: (_at, ...facts) => bootInformation2(...facts) },
};

/** @throws KernelError */
export function loadMultiboot(kernel: KernelConfig, entry: 'multiboot' | 'multiboot2', environment: BootEnvironment): LoadedKernel {
  const { magic, readHeader, information } = VERSIONS[entry];
  const image = placeImage(kernel, readHeader(kernel.image), environment);
  const contents = information(INFO, kernel, image, environment);
  if (INFO + contents.length > INFO_END) throw new KernelError('the command line is too long');
  return {
    entry,
    at: image.entry,
    parameters: INFO,
    pieces: [...image.pieces, { address: INFO, contents }],
    cpu: (reset) =>
      startState(reset, {
        entry: image.entry,
        registers: { [RAX]: magic, [RBX]: INFO },
        selectors: SELECTORS,
        gdt: { base: 0, limit: 0 },
      }),
  };
}
