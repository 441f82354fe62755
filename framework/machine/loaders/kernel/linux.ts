/**
 * Linux entered by its 32-bit or 64-bit boot protocol (Documentation/x86/boot.rst): kernel, RAM disk, command line and the zero page in
 * memory, the processor in flat protected or in 64-bit mode.
 */
import { hex } from '../../../quantities/hex';
import { PAGE_BYTES } from '../../../quantities/units';
import type { Bytes, Gpa } from '../../../quantities/units';
import { commandLine } from './command-line';
import { readLinuxHeader, version } from './linux-header';
import type { LinuxHeader } from './linux-header';
import { RSI, RSP, startState } from './start-state';
import { KernelError } from './types';
import type { BootEnvironment, KernelConfig, LoadedKernel, MemoryRange, Piece } from './types';

/** Where what only the loader needs lies, all below the BIOS's data at 9FC00h. */
const GDT: Gpa = 0x500;
const ZERO_PAGE: Gpa = 0x7000;
const PAGE_TABLES: Gpa = 0x9000;
const COMMAND_LINE: Gpa = 0x2_0000;
const STACK: Gpa = 0x9_0000;

/** __BOOT_CS and __BOOT_DS. */
const SELECTORS = { code: 0x10, data: 0x18 } as const;
const FLAT_CODE32 = 0x00cf_9b00_0000_ffffn;
const FLAT_CODE64 = 0x00af_9b00_0000_ffffn;
const FLAT_DATA = 0x00cf_9300_0000_ffffn;

/** Fields of the zero page (arch/x86/include/uapi/asm/bootparam.h). */
const ZERO = { ACPI_RSDP: 0x70, E820_COUNT: 0x1e8, SETUP: 0x1f1, E820: 0x2d0 } as const;
const HEADER = {
  VIDEO_MODE: 0x1fa,
  LOADER: 0x210,
  FLAGS: 0x211,
  RAMDISK: 0x218,
  RAMDISK_BYTES: 0x21c,
  COMMAND_LINE: 0x228,
  CODE32: 0x214,
} as const;
const LOADER_UNDEFINED = 0xff;
const VIDEO_NORMAL = 0xffff;
const MAX_E820 = 128;
const ENTRY64_OFFSET = 0x200;
/** Kernels are loaded above the first MiB. */
const LOWEST: Gpa = 0x10_0000;

/** @throws KernelError when the kernel has no such entry or does not fit. */
export function loadLinux(kernel: KernelConfig, entry: 'linux32' | 'linux64', environment: BootEnvironment): LoadedKernel {
  const header = headerOf(kernel, entry);
  const wide = entry === 'linux64';
  const contents = kernel.image.subarray(header.setupBytes);
  const needed = Math.max(header.initBytes, contents.length);
  const address = addressOf(header, needed, environment);
  const at = address + (wide ? ENTRY64_OFFSET : 0);
  const ramdisk = kernel.ramdisk && placeRamdisk(kernel.ramdisk, header, environment, address + needed);
  const pieces: Piece[] = [
    { address, contents, bytes: needed },
    ...(ramdisk ? [ramdisk] : []),
    { address: COMMAND_LINE, contents: commandLine(kernel.cmdline, header) },
    { address: ZERO_PAGE, contents: zeroPage(header, address, ramdisk, environment) },
    { address: GDT, contents: words64([0n, 0n, wide ? FLAT_CODE64 : FLAT_CODE32, FLAT_DATA]) },
    ...(wide ? [{ address: PAGE_TABLES, contents: identityTables(PAGE_TABLES) }] : []),
  ];
  return {
    entry,
    at,
    parameters: ZERO_PAGE,
    pieces,
    cpu: (reset) =>
      startState(reset, {
        entry: at,
        registers: { [RSI]: ZERO_PAGE, [RSP]: STACK },
        selectors: SELECTORS,
        gdt: { base: GDT, limit: 31 },
        ...(wide && { pageTables: PAGE_TABLES }),
      }),
  };
}

function headerOf({ image }: KernelConfig, entry: 'linux32' | 'linux64'): LinuxHeader {
  const header = readLinuxHeader(image);
  if (!header) throw new KernelError(`${entry} needs a bzImage, and the file is none`);
  if (!header.loadedHigh) throw new KernelError('a zImage has no protected-mode entry of its own');
  if (entry === 'linux64' && !header.has64BitEntry) {
    throw new KernelError(`it has no 64-bit entry (boot protocol ${version(header.protocol)}): use linux32`);
  }
  return header;
}

/** The preferred address while memory reaches that far; a relocatable kernel goes lower when it must. */
function addressOf(header: LinuxHeader, needed: Bytes, { lowEnd }: BootEnvironment): Gpa {
  const { preferredAddress, relocatable, alignment } = header;
  if (preferredAddress + needed <= lowEnd) return preferredAddress;
  const lowest = Math.ceil(LOWEST / alignment) * alignment;
  const address = relocatable ? lowest : preferredAddress;
  if (address + needed <= lowEnd) return address;
  throw new KernelError(`it needs memory up to ${hex(address + needed)}, and RAM ends at ${hex(lowEnd)}`);
}

/** As high as the kernel takes it. */
function placeRamdisk(contents: Uint8Array, header: LinuxHeader, { lowEnd }: BootEnvironment, kernelEnd: Gpa): Piece {
  const end = Math.min(lowEnd, header.highestRamdiskByte + 1);
  const address = Math.floor((end - contents.length) / PAGE_BYTES) * PAGE_BYTES;
  if (address < kernelEnd) throw new KernelError(`the RAM disk of ${contents.length} bytes does not fit behind the kernel`);
  return { address, contents };
}

function zeroPage(header: LinuxHeader, address: Gpa, ramdisk: Piece | undefined, environment: BootEnvironment): Uint8Array {
  const page = new Uint8Array(PAGE_BYTES);
  const view = new DataView(page.buffer);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, true);
  page.set(header.bytes, ZERO.SETUP);
  view.setUint16(HEADER.VIDEO_MODE, VIDEO_NORMAL, true);
  page[HEADER.LOADER] = LOADER_UNDEFINED;
  u32(HEADER.CODE32, address);
  u32(HEADER.COMMAND_LINE, COMMAND_LINE);
  if (ramdisk) {
    u32(HEADER.RAMDISK, ramdisk.address);
    u32(HEADER.RAMDISK_BYTES, ramdisk.contents.length);
  }
  view.setBigUint64(ZERO.ACPI_RSDP, BigInt(environment.rsdp), true);
  const map = environment.map.slice(0, MAX_E820);
  page[ZERO.E820_COUNT] = map.length;
  page.set(packedMap(map), ZERO.E820);
  return page;
}

/** Entries of 20 bytes. */
function packedMap(map: readonly MemoryRange[]): Uint8Array {
  const bytes = new Uint8Array(20 * map.length);
  const view = new DataView(bytes.buffer);
  for (const [index, { address, bytes: length, type }] of map.entries()) {
    view.setBigUint64(20 * index, BigInt(address), true);
    view.setBigUint64(20 * index + 8, BigInt(length), true);
    view.setUint32(20 * index + 16, type, true);
  }
  return bytes;
}

function words64(values: readonly bigint[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values).buffer);
}

/** The first 4 GiB one to one, in 2 MiB pages: one PML4, one PDPT, four page directories. */
function identityTables(base: Gpa): Uint8Array {
  const ENTRIES = PAGE_BYTES / 8;
  const DIRECTORIES = 4;
  const PRESENT_WRITABLE = 3n;
  const LARGE = 0x83n;
  const tables = new BigUint64Array(ENTRIES * (2 + DIRECTORIES));
  tables[0] = BigInt(base + PAGE_BYTES) | PRESENT_WRITABLE;
  for (let directory = 0; directory < DIRECTORIES; directory++) {
    tables[ENTRIES + directory] = BigInt(base + (2 + directory) * PAGE_BYTES) | PRESENT_WRITABLE;
  }
  for (let page = 0; page < ENTRIES * DIRECTORIES; page++) tables[2 * ENTRIES + page] = (BigInt(page) << 21n) | LARGE;
  return new Uint8Array(tables.buffer);
}
