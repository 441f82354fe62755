import type { Gpa } from '../../../quantities/units';
import { ElfError, readElf } from '../elf';
import { KernelError } from './types';
import type { BootEnvironment, Piece } from './types';

/** The loadable segments of an ELF kernel at their physical addresses. @throws KernelError */
export function elfPieces(image: Uint8Array, { lowEnd }: BootEnvironment): { pieces: Piece[]; entry: Gpa; end: Gpa } {
  try {
    const elf = readElf(image, { end: lowEnd, bootLoader: true });
    const pieces = elf.segments.map(({ address, contents, memoryBytes }) => ({ address, contents, bytes: memoryBytes }));
    return { pieces, entry: elf.entry, end: elf.end };
  } catch (error) {
    if (error instanceof ElfError) throw new KernelError(error.message, { cause: error });
    throw error;
  }
}
