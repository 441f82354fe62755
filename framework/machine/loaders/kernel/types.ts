import type { Bytes, Gpa } from '../../../quantities/units';
import type { CpuState } from '../../core-host/types';

/** How a kernel gets control. */
export type KernelEntry = DirectEntry | 'linux16';

/** Those that need no firmware. */
export type DirectEntry = 'linux32' | 'linux64' | 'pvh' | 'multiboot' | 'multiboot2';

/** A kernel that a machine boots without a boot loader. */
export interface KernelConfig {
  readonly image: Uint8Array;
  /** Absent: what the image's format is for. */
  readonly entry?: KernelEntry;
  /** multiboot: before the RAM disk. */
  readonly modules?: readonly { readonly contents: Uint8Array; readonly cmdline: string }[];
  readonly ramdisk?: Uint8Array;
  readonly cmdline: string;
  /** linux16: the option ROM by which firmware starts it. */
  readonly rom?: Uint8Array;
}

/** A range of guest-physical memory; `type` as INT 15h E820h has it. */
export interface MemoryRange {
  readonly address: Gpa;
  readonly bytes: Bytes;
  readonly type: number;
}

export const RANGE_RAM = 1;

/** What a loader must know of the machine. */
export interface BootEnvironment {
  /** Ascending. */
  readonly map: readonly MemoryRange[];
  /** First address past the RAM below 4 GiB that may be filled. */
  readonly lowEnd: Gpa;
  /** Root of the ACPI tables; 0 without. */
  readonly rsdp: Gpa;
  /** The bytes there. */
  readonly rsdpContents?: Uint8Array;
}

/** Bytes at an address; what `bytes` of `contents` do not cover is zero. */
export interface Piece {
  readonly address: Gpa;
  readonly contents: Uint8Array;
  readonly bytes?: Bytes;
}

/** A kernel placed: what to write, and how the boot processor starts. */
export interface LoadedKernel {
  readonly entry: DirectEntry;
  /** Its first instruction. */
  readonly at: Gpa;
  /** The zero page, start info or boot information. */
  readonly parameters: Gpa;
  readonly pieces: readonly Piece[];
  cpu(reset: CpuState): CpuState;
}

/** The image cannot be booted that way. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
}
