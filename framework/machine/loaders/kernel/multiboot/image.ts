import { PAGE_BYTES } from '../../../../quantities/units';
import type { Gpa } from '../../../../quantities/units';
import { elfPieces } from '../elf-pieces';
import type { FlatImage, MultibootHeader } from './header';
import { KernelError, RANGE_RAM } from '../types';
import type { BootEnvironment, KernelConfig, MemoryRange, Piece } from '../types';

/** What loaders call themselves to the kernel. */
export const LOADER_NAME = 'Milepost';
const UPPER_START = 0x10_0000;

/** What both versions of the specification load: the image, and modules, the RAM disk last, in whole pages behind it. */
interface Module extends Piece {
  readonly cmdline: string;
}

export interface MultibootImage {
  readonly pieces: Piece[];
  readonly entry: Gpa;
  readonly start: Gpa;
  readonly modules: readonly Module[];
}

export function placeImage(kernel: KernelConfig, header: MultibootHeader, environment: BootEnvironment): MultibootImage {
  const { lowEnd } = environment;
  const placed = header.flat ? flatPieces(kernel.image, header.flat, lowEnd) : elfPieces(kernel.image, environment);
  const entry = header.entry ?? placed.entry;
  if (entry === undefined) throw new KernelError('its header gives no entry address');
  const start = Math.min(...placed.pieces.map(({ address }) => address));
  const modules: Module[] = [];
  let { end } = placed;
  for (const { contents, cmdline } of [...(kernel.modules ?? []), ...(kernel.ramdisk ? [{ contents: kernel.ramdisk, cmdline: '' }] : [])]) {
    const address = Math.ceil(end / PAGE_BYTES) * PAGE_BYTES;
    end = address + contents.length;
    if (end > lowEnd) throw new KernelError(`the module of ${contents.length} bytes does not fit behind it`);
    modules.push({ address, contents, cmdline });
  }
  return { pieces: [...placed.pieces, ...modules], entry, start, modules };
}

function flatPieces(image: Uint8Array, flat: FlatImage, lowEnd: Gpa): { pieces: Piece[]; entry: undefined; end: Gpa } {
  const offset = flat.headerOffset - (flat.headerAddress - flat.loadAddress);
  const loadEnd = flat.loadEnd === 0 ? flat.loadAddress + image.length - offset : flat.loadEnd;
  const end = Math.max(loadEnd, flat.bssEnd);
  const length = loadEnd - flat.loadAddress;
  if (flat.loadAddress > flat.headerAddress || offset < 0 || length < 0 || offset + length > image.length || end > lowEnd)
    throw new KernelError('the addresses of its header do not fit the file or the memory');
  const contents = image.subarray(offset, offset + length);
  return { pieces: [{ address: flat.loadAddress, contents, bytes: end - flat.loadAddress }], entry: undefined, end };
}

/** KiB of RAM from 0 and from 1 MiB up to the first hole. */
export function memoryKib(map: readonly MemoryRange[]): { lower: number; upper: number } {
  const ram = map.filter(({ type }) => type === RANGE_RAM);
  const from = (start: Gpa): number => (ram.find(({ address }) => address === start)?.bytes ?? 0) / 1024;
  return { lower: from(0), upper: from(UPPER_START) };
}
