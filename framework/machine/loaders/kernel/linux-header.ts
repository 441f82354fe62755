import { hex } from '../../../quantities/hex';
import { KernelError } from './types';

/** The setup header of a Linux kernel image (Documentation/x86/boot.rst), as far as a boot loader reads it. */
export interface LinuxHeader {
  readonly protocol: number;
  /** Bytes of boot sector and real-mode code; the rest is the protected-mode kernel. */
  readonly setupBytes: number;
  readonly loadedHigh: boolean;
  readonly relocatable: boolean;
  readonly alignment: number;
  readonly preferredAddress: number;
  /** Memory from its load address on that the kernel uses before it looks at the map. */
  readonly initBytes: number;
  readonly highestRamdiskByte: number;
  readonly commandLineBytes: number;
  readonly has64BitEntry: boolean;
  /** The header's own bytes, from 1F1h to its end. */
  readonly bytes: Uint8Array;
}

const FIRST = 0x1f1;
/** Here the zero page's memory map begins. */
const LAST_HEADER_END = 0x290;
const JUMP_TARGET = 0x201;
const MAGIC = 0x202;
const HDRS = 0x5372_6448;
const SECTOR_BYTES = 512;
const LOADED_HIGH = 1;
const XLF_KERNEL_64 = 1;
/** Oldest version with everything that is used here, 2.12 of Linux 3.8. */
const PROTOCOL_2_06 = 0x206;
const PROTOCOL_2_10 = 0x20a;
const PROTOCOL_2_12 = 0x20c;
/** Where kernels older than the field go. */
const DEFAULT_ADDRESS = 0x10_0000;

/** undefined: not a Linux image. @throws KernelError for one that is too old or cut off. */
export function readLinuxHeader(image: Uint8Array): LinuxHeader | undefined {
  if (image.length < 0x268) return undefined;
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (view.getUint32(MAGIC, true) !== HDRS) return undefined;
  const protocol = view.getUint16(0x206, true);
  if (protocol < PROTOCOL_2_06) throw new KernelError(`its boot protocol ${version(protocol)} is older than 2.06`);
  const setupBytes = ((view.getUint8(FIRST) || 4) + 1) * SECTOR_BYTES;
  if (setupBytes >= image.length) throw new KernelError('the file ends within the real-mode code');
  const end = Math.min(MAGIC + view.getUint8(JUMP_TARGET), setupBytes, LAST_HEADER_END);
  const alignment = view.getUint32(0x230, true);
  if (alignment === 0 || (alignment & (alignment - 1)) !== 0) throw new KernelError(`its alignment ${hex(alignment)} is no power of two`);
  const isNewer = protocol >= PROTOCOL_2_10;
  return {
    protocol,
    setupBytes,
    loadedHigh: (view.getUint8(0x211) & LOADED_HIGH) !== 0,
    relocatable: view.getUint8(0x234) !== 0,
    alignment,
    preferredAddress: isNewer ? Number(view.getBigUint64(0x258, true)) : DEFAULT_ADDRESS,
    initBytes: isNewer ? view.getUint32(0x260, true) : image.length,
    highestRamdiskByte: view.getUint32(0x22c, true),
    commandLineBytes: view.getUint32(0x238, true),
    has64BitEntry: protocol >= PROTOCOL_2_12 && (view.getUint16(0x236, true) & XLF_KERNEL_64) !== 0,
    bytes: image.slice(FIRST, end),
  };
}

export function version(protocol: number): string {
  return `${protocol >> 8}.${String(protocol & 0xff).padStart(2, '0')}`;
}
