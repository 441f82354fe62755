/**
 * A Linux kernel that firmware starts: fw_cfg holds setup code, command line, kernel and RAM disk with their addresses, and an option ROM
 * (firmware/linuxboot) as the first device to boot from, which enters the kernel in real mode (Documentation/x86/boot.rst). Layout and
 * keys are QEMU's (docs/specs/fw_cfg), for its `-kernel`.
 */
import { hex } from '../../../quantities/hex';
import { PAGE_BYTES } from '../../../quantities/units';
import type { Gpa } from '../../../quantities/units';
import { commandLine } from './command-line';
import { readLinuxHeader } from './linux-header';
import { KernelError } from './types';
import type { KernelConfig } from './types';

const KEY = {
  KERNEL_ADDRESS: 0x07,
  KERNEL_SIZE: 0x08,
  INITRD_ADDRESS: 0x0a,
  INITRD_SIZE: 0x0b,
  KERNEL_DATA: 0x11,
  INITRD_DATA: 0x12,
  CMDLINE_ADDRESS: 0x13,
  CMDLINE_SIZE: 0x14,
  CMDLINE_DATA: 0x15,
  SETUP_ADDRESS: 0x16,
  SETUP_SIZE: 0x17,
  SETUP_DATA: 0x18,
} as const;

const SETUP: Gpa = 0x1_0000;
const COMMAND_LINE: Gpa = 0x2_0000;
const KERNEL: Gpa = 0x10_0000;
/** The 16-bit entry, behind the boot sector. */
const ENTRY_OFFSET = 0x200;
/** The end of RAM is firmware's for its tables. */
const TABLE_BYTES = 0x2_8000;
const HEADER = { LOADER: 0x210, FLAGS: 0x211, RAMDISK: 0x218, RAMDISK_BYTES: 0x21c, HEAP_END: 0x224, COMMAND_LINE: 0x228 } as const;
const LOADER_QEMU = 0xb0;
const CAN_USE_HEAP = 0x80;
const ROM_FILE = 'genroms/linuxboot.bin';
const BOOT_ORDER_FILE = 'bootorder';

export interface FirmwareKernel {
  readonly items: ReadonlyMap<number, Uint8Array>;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly start: { readonly entry: 'linux16'; readonly at: Gpa; readonly parameters: Gpa };
}

/** `ramEnd`: of the RAM below 4 GiB. @throws KernelError when the kernel is none or does not fit. */
export function firmwareKernel(kernel: KernelConfig, ramEnd: Gpa): FirmwareKernel {
  const { image, ramdisk = new Uint8Array(0), cmdline, rom } = kernel;
  const header = readLinuxHeader(image);
  if (!header) throw new KernelError('linux16 needs a bzImage, and the file is none');
  if (!header.loadedHigh) throw new KernelError('a zImage is loaded low, which is not supported');
  if (!rom) throw new KernelError('no option ROM starts it');
  if (SETUP + header.setupBytes > COMMAND_LINE) throw new KernelError(`its setup code of ${header.setupBytes} bytes is too long`);
  const text = commandLine(cmdline, header);
  const contents = image.subarray(header.setupBytes);
  const highest = Math.min(ramEnd - TABLE_BYTES, header.highestRamdiskByte + 1);
  const ramdiskAt = Math.floor((highest - ramdisk.length) / PAGE_BYTES) * PAGE_BYTES;
  if (KERNEL + contents.length > ramdiskAt) {
    throw new KernelError(`kernel and RAM disk do not fit between ${hex(KERNEL)} and ${hex(highest)}`);
  }
  const setup = setupCode(image.subarray(0, header.setupBytes), ramdisk.length === 0 ? 0 : ramdiskAt, ramdisk.length);
  return {
    items: new Map([
      ...parts(KEY.SETUP_ADDRESS, KEY.SETUP_SIZE, KEY.SETUP_DATA, SETUP, setup),
      ...parts(KEY.CMDLINE_ADDRESS, KEY.CMDLINE_SIZE, KEY.CMDLINE_DATA, COMMAND_LINE, text),
      ...parts(KEY.KERNEL_ADDRESS, KEY.KERNEL_SIZE, KEY.KERNEL_DATA, KERNEL, contents),
      ...parts(KEY.INITRD_ADDRESS, KEY.INITRD_SIZE, KEY.INITRD_DATA, ramdiskAt, ramdisk),
    ]),
    files: new Map([
      [ROM_FILE, rom],
      [BOOT_ORDER_FILE, new TextEncoder().encode(`/rom@${ROM_FILE}\0`)],
    ]),
    start: { entry: 'linux16', at: SETUP + ENTRY_OFFSET, parameters: SETUP },
  };
}

function parts(address: number, size: number, data: number, at: Gpa, bytes: Uint8Array): [number, Uint8Array][] {
  return [
    [address, u32(at)],
    [size, u32(bytes.length)],
    [data, bytes],
  ];
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

/** The setup code with its header filled in by the loader. */
function setupCode(image: Uint8Array, ramdiskAt: Gpa, ramdiskBytes: number): Uint8Array {
  const setup = image.slice();
  const view = new DataView(setup.buffer);
  setup[HEADER.LOADER] = LOADER_QEMU;
  setup[HEADER.FLAGS] = (setup[HEADER.FLAGS] ?? 0) | CAN_USE_HEAP;
  view.setUint32(HEADER.RAMDISK, ramdiskAt, true);
  view.setUint32(HEADER.RAMDISK_BYTES, ramdiskBytes, true);
  view.setUint16(HEADER.HEAP_END, COMMAND_LINE - SETUP - ENTRY_OFFSET, true);
  view.setUint32(HEADER.COMMAND_LINE, COMMAND_LINE, true);
  return setup;
}
