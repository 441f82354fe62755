import { GIB } from '../../../quantities/units';
import type { FwCfgContents, FwCfgFile, FwCfgLateFile } from '../../devices/fw-cfg/fw-cfg';
import type { FirmwareKernel } from '../../loaders/kernel/firmware-kernel';
import type { MachineConfig } from '../../types';
import { LOADER_FILE, RSDP_FILE, TABLES_FILE, type TableFiles } from '../acpi/table-set';
import { ANCHOR_FILE, smbiosFiles, TABLES_FILE as SMBIOS_TABLES_FILE } from '../smbios/tables';
import type { RamLayout } from './memory-map';

/** Item keys of the firmware configuration device (docs/specs/fw_cfg). */
const KEY = {
  UUID: 0x02,
  RAM_SIZE: 0x03,
  NOGRAPHIC: 0x04,
  CPU_COUNT: 0x05,
  MACHINE_ID: 0x06,
  KERNEL_SIZE: 0x08,
  INITRD_SIZE: 0x0b,
  BOOT_DEVICE: 0x0c,
  NUMA: 0x0d,
  BOOT_MENU: 0x0e,
  MAX_CPUS: 0x0f,
  COMMAND_LINE_SIZE: 0x14,
  SETUP_SIZE: 0x17,
  IRQ0_OVERRIDE: 0x8002,
} as const;

const E820_RAM = 1;
const E820_ENTRY_BYTES = 20;

function little(value: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff);
}

function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16) || 0);
}

function e820({ below4GiB, above4GiB }: RamLayout): Uint8Array {
  const ranges = [[0, below4GiB], ...(above4GiB > 0 ? [[4 * GIB, above4GiB]] : [])] as [number, number][];
  const bytes = new Uint8Array(ranges.length * E820_ENTRY_BYTES);
  for (const [index, [base, length]] of ranges.entries()) {
    const at = index * E820_ENTRY_BYTES;
    bytes.set(little(base, 8), at);
    bytes.set(little(length, 8), at + 8);
    bytes.set(little(E820_RAM, 4), at + 16);
  }
  return bytes;
}

/** etc/system-states: bit 7 says that the sleep state is there, the low bits are its SLP_TYP. No S3. */
function systemStates(toDisk: number): Uint8Array {
  const PRESENT = 0x80;
  const S3_TYPE = 1;
  return Uint8Array.of(PRESENT, 0, 0, S3_TYPE, PRESENT | toDisk, PRESENT);
}

/** The first three fields of a UUID are little-endian in SMBIOS. */
function smbiosUuid(uuid: string): number[] {
  const bytes = uuidBytes(uuid);
  return [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((index) => bytes[index]!);
}

export interface FirmwareFacts {
  /** What SMBIOS calls the board. */
  readonly product: string;
  readonly layout: RamLayout;
  /** SLP_TYP of S4. */
  readonly toDisk: number;
  /** CPUID leaf 1, EAX and EDX. */
  readonly processorId: bigint;
  /** The ACPI tables for where the power management block is now; absent: none. */
  readonly acpi: (() => TableFiles) | undefined;
  /** Files of the board's own. */
  readonly files: readonly (readonly [name: string, file: FwCfgFile])[];
  /** A kernel that firmware starts. */
  readonly kernel: FirmwareKernel | undefined;
}

/** ACPI tables name ports that firmware assigns, so they are made when firmware comes for them. */
function acpiFiles(make: () => TableFiles): [string, FwCfgLateFile][] {
  const sizes = make();
  const late = (key: keyof TableFiles): FwCfgLateFile => ({ sizeBytes: sizes[key].length, make: () => make()[key] });
  return [
    [TABLES_FILE, late('tables')],
    [RSDP_FILE, late('rsdp')],
    [LOADER_FILE, late('loader')],
  ];
}

/** What the machine tells its firmware. */
export function firmwareConfig(
  config: MachineConfig,
  { product, layout, toDisk, processorId, acpi, files: own, kernel }: FirmwareFacts,
): FwCfgContents {
  const { anchor, tables } = smbiosFiles({
    product,
    uuid: smbiosUuid(config.uuid),
    vcpus: config.vcpus,
    ...layout,
    processorId,
    mhz: Math.round(config.tscKhz / 1000),
  });
  const items = new Map<number, Uint8Array>([
    [KEY.UUID, uuidBytes(config.uuid)],
    [KEY.RAM_SIZE, little(layout.below4GiB + layout.above4GiB, 8)],
    [KEY.NOGRAPHIC, little(0, 2)],
    [KEY.CPU_COUNT, little(config.vcpus, 2)],
    [KEY.MACHINE_ID, little(0, 4)],
    [KEY.KERNEL_SIZE, little(0, 4)],
    [KEY.INITRD_SIZE, little(0, 4)],
    [KEY.BOOT_DEVICE, little(config.boot.charCodeAt(0) || 0, 2)],
    [KEY.NUMA, new Uint8Array(8 + 8 * config.vcpus)],
    [KEY.BOOT_MENU, little(0, 2)],
    [KEY.MAX_CPUS, little(config.vcpus, 2)],
    [KEY.COMMAND_LINE_SIZE, little(0, 4)],
    [KEY.SETUP_SIZE, little(0, 4)],
    [KEY.IRQ0_OVERRIDE, little(1, 4)],
    ...(kernel?.items ?? []),
  ]);
  const files: FwCfgContents['files'] = new Map<string, FwCfgFile>([
    ['etc/e820', e820(layout)],
    ['etc/system-states', systemStates(toDisk)],
    [ANCHOR_FILE, anchor],
    [SMBIOS_TABLES_FILE, tables],
    ...(acpi ? acpiFiles(acpi) : []),
    ...own,
    ...(kernel?.files ?? []),
  ]);
  return { items, files };
}
