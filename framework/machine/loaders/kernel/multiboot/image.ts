import { PAGE_BYTES } from '../../../../quantities/units';
import type { Gpa } from '../../../../quantities/units';
import { elfPieces } from '../elf-pieces';
import type { FlatImage, MultibootHeader } from './header';
import { KernelError, RANGE_RAM } from '../types';
import type { BootEnvironment, KernelConfig, MemoryRange, Piece } from '../types';

/** What loaders call themselves to the kernel. */
export const LOADER_NAME = 'Milepost';
const UPPER_START = 0x10_0000;

/** What both versions of the specification load: the image, and the RAM disk as the only module, in whole pages behind it. */
export interface MultibootImage {
  readonly pieces: Piece[];
  readonly entry: Gpa;
  readonly start: Gpa;
  readonly module?: Piece;
}

export function placeImage(kernel: KernelConfig, header: MultibootHeader, environment: BootEnvironment): MultibootImage {
  const { lowEnd } = environment;
  const placed = header.flat ? flatPieces(kernel.image, header.flat, lowEnd) : elfPieces(kernel.image, environment);
  const entry = header.entry ?? placed.entry;
  if (entry === undefined) throw new KernelError('its header gives no entry address');
  const start = Math.min(...placed.pieces.map(({ address }) => address));
  if (!kernel.ramdisk) return { pieces: placed.pieces, entry, start };
  const address = Math.ceil(placed.end / PAGE_BYTES) * PAGE_BYTES;
  if (address + kernel.ramdisk.length > lowEnd)
    throw new KernelError(`the module of ${kernel.ramdisk.length} bytes does not fit behind it`);
  const module = { address, contents: kernel.ramdisk };
  return { pieces: [...placed.pieces, module], entry, start, module };
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
