/** A kernel started without firmware: what firmware would have set up before, and then the kernel's own entry. */
import { GIB, MIB, PAGE_BYTES } from '../../../quantities/units';
import type { Core, PhysicalMemory } from '../../core-host/types';
import type { PciConfigMechanism } from '../../devices/pci/config-mechanism';
import { TEXT_COLUMNS, TEXT_ROWS, setTextMode } from '../../devices/vga/text-mode';
import type { Vga } from '../../devices/vga/vga';
import { loadKernel } from '../../loaders/kernel/load-kernel';
import { RANGE_RAM } from '../../loaders/kernel/types';
import type { DirectEntry, KernelConfig, MemoryRange } from '../../loaders/kernel/types';
import type { KernelStart } from '../../types';
import type { RamLayout } from '../pc/memory-map';
import type { TableFiles } from '../acpi/table-set';
import { LPT1, UARTS } from '../chipset/uarts';
import { type MpTableFacts, mpTable } from './mp-table';
import { PCI_IRQS } from './pci-irqs';
import { assignPciResources } from './pci-resources';
import { placeTables } from './place-tables';

const RESERVED = 2;
const ACPI_TABLES = 3;
const BDA = 0x400;
const EBDA = 0x9_fc00;
const LOW_END = 0xa_0000;
const BIOS_AREA = 0xf_0000;
/** Behind the RSDP. */
const MP_TABLE = 0xf_1000;
/** ACPI tables take this much of the end of RAM below 4 GiB. */
const TABLE_BYTES = 64 * 1024;

const HOST_BRIDGE = 0x00;
const ISA_BRIDGE = 0x08;
const IDE = 0x09;
const POWER = 0x0b;
const PM_BASE = 0x600;
const IO_AND_BUS_MASTER = 0x05;
const SCI_IRQ = 9;

/** Configuration registers as a PC BIOS leaves them: device and function, register, size, value. */
const CONFIGURATION: readonly (readonly [bdf: number, register: number, size: 1 | 2 | 4, value: number])[] = [
  [HOST_BRIDGE, 0x59, 1, 0x30], // PAM: RAM at C0000h-FFFFFh
  [HOST_BRIDGE, 0x5a, 2, 0x3333],
  [HOST_BRIDGE, 0x5c, 4, 0x3333_3333],
  ...PCI_IRQS.map((irq, index) => [ISA_BRIDGE, 0x60 + index, 1, irq] as const), // PIRQA-D
  [IDE, 0x40, 4, 0x8000_8000], // both channels decode
  [IDE, 0x04, 2, IO_AND_BUS_MASTER],
  [POWER, 0x40, 4, PM_BASE | 1],
  [POWER, 0x80, 1, 1],
  [POWER, 0x3c, 1, SCI_IRQ],
];
/** A BIOS keeps its own end of the address space to itself. */
const FLASH = { address: 0xfffc_0000, bytes: 0x4_0000 } as const;

/** Memory types as a PC BIOS leaves them: write-back but for video memory, the BIOS area (write-protected) and the hole below 4 GiB. */
const MTRR = {
  BASE0: 0x200,
  MASK0: 0x201,
  FIX64K: 0x250,
  FIX16K_LOW: 0x258,
  FIX4K_FIRST: 0x268,
  FIX4K_LAST: 0x26f,
  DEFAULT: 0x2ff,
} as const;
const WRITE_BACK = 0x0606_0606_0606_0606n;
const WRITE_PROTECTED = 0x0505_0505_0505_0505n;
const DEFAULT_TYPE = 0xc06n;
const MASK_VALID = 0x800n;

/** Ports as a PC BIOS leaves them. */
const PORTS: readonly (readonly [port: number, value: number])[] = [
  [0x4d1, 0x0c], // level triggered: IRQ 10 and 11
  // 8259As: vectors 08h and 70h, open for timer, keyboard, diskette, clock, mouse, FPU and the first disk channel
  ...[0x11, 0x08, 0x04, 0x01].map((value, index) => [index === 0 ? 0x20 : 0x21, value] as const),
  ...[0x11, 0x70, 0x02, 0x01].map((value, index) => [index === 0 ? 0xa0 : 0xa1, value] as const),
  [0x21, 0xb8],
  [0xa1, 0x8e],
  // 8254: counter 0 divides by 65536
  [0x43, 0x34],
  [0x40, 0],
  [0x40, 0],
  // 8042: the keyboard interrupts and is translated, the mouse waits for a driver
  [0x64, 0x60],
  [0x60, 0x61],
];

export interface DirectBootHost {
  readonly core: Core;
  readonly memory: PhysicalMemory;
  /** Of every vCPU. */
  readonly writeMsr: (msr: number, value: bigint) => void;
  readonly physicalAddressBits: number;
  readonly uarts: number;
  readonly printer: boolean;
  readonly bus: { writePort(port: number, size: 1, value: number): void };
  readonly vga: Vga | undefined;
  readonly pci: PciConfigMechanism;
  readonly layout: RamLayout;
  /** The ACPI tables for the ports as they are now; absent: none. */
  readonly tables: (() => TableFiles) | undefined;
  /** Absent: the machine has no APICs to tell of. */
  readonly multiprocessor: Omit<MpTableFacts, 'pci'> | undefined;
}

/** @throws KernelError */
export function directBoot(host: DirectBootHost, kernel: KernelConfig, entry: DirectEntry): KernelStart {
  const { core, memory, layout } = host;
  setUpChips(host);
  setMemoryTypes(host);
  const lowEnd = layout.below4GiB - TABLE_BYTES;
  const tables = host.tables && placeTables(host.tables(), { low: BIOS_AREA, high: lowEnd });
  const environment = {
    map: memoryMap(layout, lowEnd),
    lowEnd,
    rsdp: tables?.rsdp ?? 0,
    ...(tables && { rsdpContents: tables.rsdpContents }),
  };
  const loaded = loadKernel(kernel, entry, environment);
  for (const { address, contents } of [...(tables?.pieces ?? []), ...loaded.pieces]) memory.write(address, contents);
  for (const { address, contents, bytes = 0 } of loaded.pieces) clear(memory, address + contents.length, address + bytes);
  memory.write(BDA, biosData(host));
  if (host.multiprocessor) memory.write(MP_TABLE, mpTable({ ...host.multiprocessor, pci: host.pci }, MP_TABLE));
  core.select(0);
  core.loadCpu(0, loaded.cpu(core.saveCpu(0)));
  return loaded;
}

function setUpChips({ pci, bus, vga }: DirectBootHost): void {
  assignPciResources(pci);
  for (const [bdf, register, size, value] of CONFIGURATION) pci.writeConfig(bdf, register, size, value);
  for (const [port, value] of PORTS) bus.writePort(port, 1, value);
  if (vga) setTextMode(vga);
}

function setMemoryTypes({ writeMsr, layout, physicalAddressBits }: DirectBootHost): void {
  const hole = layout.below4GiB > 3 * GIB ? 4 * GIB - GIB / 2 : 3 * GIB;
  const mask = (1n << BigInt(physicalAddressBits)) - BigInt(4 * GIB - hole);
  writeMsr(MTRR.FIX64K, WRITE_BACK);
  writeMsr(MTRR.FIX16K_LOW, WRITE_BACK);
  for (let msr: number = MTRR.FIX4K_FIRST; msr <= MTRR.FIX4K_LAST; msr++) writeMsr(msr, WRITE_PROTECTED);
  writeMsr(MTRR.BASE0, BigInt(hole));
  writeMsr(MTRR.MASK0, mask | MASK_VALID);
  writeMsr(MTRR.DEFAULT, DEFAULT_TYPE);
}

function memoryMap({ below4GiB, above4GiB }: RamLayout, lowEnd: number): MemoryRange[] {
  return [
    { address: 0, bytes: EBDA, type: RANGE_RAM },
    { address: EBDA, bytes: LOW_END - EBDA, type: RESERVED },
    { address: BIOS_AREA, bytes: MIB - BIOS_AREA, type: RESERVED },
    { address: MIB, bytes: lowEnd - MIB, type: RANGE_RAM },
    { address: lowEnd, bytes: below4GiB - lowEnd, type: ACPI_TABLES },
    { ...FLASH, type: RESERVED },
    ...(above4GiB > 0 ? [{ address: 4 * GIB, bytes: above4GiB, type: RANGE_RAM }] : []),
  ];
}

/** The UARTs and the printer, the segment of the extended BIOS data area and the KiB below it, the video mode. */
function biosData({ uarts, printer, vga }: DirectBootHost): Uint8Array {
  const bytes = new Uint8Array(0x90);
  for (const [index, { base }] of UARTS.slice(0, uarts).entries()) bytes.set([base & 0xff, base >> 8], 2 * index);
  if (printer) bytes.set([LPT1.base & 0xff, LPT1.base >> 8], 0x08);
  bytes.set([(EBDA >> 4) & 0xff, EBDA >> 12], 0x0e);
  bytes.set([(EBDA / 1024) & 0xff, EBDA >> 18], 0x13);
  if (!vga) return bytes;
  bytes[0x10] = 0x20; // 80 columns, color
  bytes.set([3, TEXT_COLUMNS, 0, 0, 0x10], 0x49); // mode 3, pages of 4 KiB
  bytes.set([0xd4, 0x03], 0x63);
  bytes.set([TEXT_ROWS - 1, 16], 0x84);
  return bytes;
}

/** RAM is zero at power-on but not after a reset. */
function clear(memory: PhysicalMemory, first: number, end: number): void {
  const zeroes = new Uint8Array(PAGE_BYTES);
  for (let at = first; at < end;) {
    const length = Math.min(PAGE_BYTES - (at % PAGE_BYTES), end - at);
    const wanted = zeroes.subarray(0, length);
    if (Buffer.compare(memory.read(at, length), wanted) !== 0) memory.write(at, wanted);
    at += length;
  }
}
