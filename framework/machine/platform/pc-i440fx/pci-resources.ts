/**
 * Base addresses, decoding and interrupt lines of the functions on bus 0 and those behind bridges there, as a PC BIOS leaves them (PCI local bus
 * specification 3.0, 6.2; PCI-to-PCI Bridge Architecture Specification 1.1, 3.2.5).
 */
import { PCI_IRQS } from './pci-irqs';

export interface ConfigAccess {
  readConfig(bdf: number, register: number, size: 1 | 2 | 4): number;
  writeConfig(bdf: number, register: number, size: 1 | 2 | 4, value: number): void;
}

const DEVICES = 32;
const FUNCTIONS = 8;
const VENDOR_ID = 0x00;
const ABSENT = 0xffff;
const COMMAND = 0x04;
const COMMAND_IO = 0x01;
const COMMAND_MEMORY = 0x02;
const COMMAND_MASTER = 0x04;
const CLASS_CODE = 0x0a;
const DISPLAY = 0x0300;
const HEADER_TYPE = 0x0e;
const MULTI_FUNCTION = 0x80;
const BRIDGE = 0x01;
const BAR_FIRST = 0x10;
const BAR_LAST = 0x24;
const BUS_NUMBERS = 0x18;
const IO_WINDOW = 0x1c;
const MEMORY_WINDOW = 0x20;
const PREFETCHABLE_WINDOW = 0x24;
/** A base above its limit. */
const CLOSED = 0x0000_fff0;
const IO_WINDOW_BYTES = 0x1000;
const MEMORY_WINDOW_BYTES = 0x10_0000;
const BAR_IO = 0x01;
const BAR_WIDE = 0x04;
const INTERRUPT_LINE = 0x3c;
const INTERRUPT_PIN = 0x3d;
/** I/O from here up; memory from the APICs down. */
const IO_START = 0xc000;
const MEMORY_END = 0xfec0_0000;

/** What is still free. */
interface Room {
  io: number;
  memory: number;
  /** The last bus number given. */
  bus: number;
}

/** `irq` of the pin of a slot, INTA first. */
type PinIrq = (device: number, pin: number) => number;

export function assignPciResources(pci: ConfigAccess): void {
  assignBus(pci, 0, { io: IO_START, memory: MEMORY_END, bus: 0 }, (device, pin) => PCI_IRQS[(device + pin - 1) & 3]!);
}

function assignBus(pci: ConfigAccess, bus: number, room: Room, irq: PinIrq): void {
  for (let device = 0; device < DEVICES; device++) {
    const first = bus * 256 + device * FUNCTIONS;
    if (pci.readConfig(first, VENDOR_ID, 2) === ABSENT) continue;
    const header = pci.readConfig(first, HEADER_TYPE, 1);
    const functions = header & MULTI_FUNCTION ? FUNCTIONS : 1;
    for (let bdf = first; bdf < first + functions; bdf++) {
      if (pci.readConfig(bdf, VENDOR_ID, 2) === ABSENT) continue;
      if ((header & ~MULTI_FUNCTION) === BRIDGE) assignBridge(pci, bdf, room, (behind, pin) => irq(device, (behind + pin) & 3));
      else assignFunction(pci, bdf, room, (pin) => irq(device, pin));
    }
  }
}

/** The bus behind it gets the next number, and windows about what its functions take. */
function assignBridge(pci: ConfigAccess, bdf: number, room: Room, irq: PinIrq): void {
  const down = (value: number, unit: number): number => Math.floor(value / unit) * unit;
  const bus = ++room.bus;
  pci.writeConfig(bdf, BUS_NUMBERS, 4, (0xff << 16) | (bus << 8) | (bdf >> 8));
  room.io = down(room.io + IO_WINDOW_BYTES - 1, IO_WINDOW_BYTES);
  room.memory = down(room.memory, MEMORY_WINDOW_BYTES);
  const { io, memory } = room;
  assignBus(pci, bus, room, irq);
  room.io = down(room.io + IO_WINDOW_BYTES - 1, IO_WINDOW_BYTES);
  room.memory = down(room.memory, MEMORY_WINDOW_BYTES);
  pci.writeConfig(bdf, BUS_NUMBERS, 4, (room.bus << 16) | (bus << 8) | (bdf >> 8));
  pci.writeConfig(bdf, IO_WINDOW, 2, room.io > io ? (io >> 8) | ((room.io - 1) & 0xf000) : CLOSED >> 8);
  const window = memory > room.memory ? room.memory / 0x1_0000 + ((memory - 1) & 0xfff0_0000) : CLOSED;
  pci.writeConfig(bdf, MEMORY_WINDOW, 4, window >>> 0);
  pci.writeConfig(bdf, PREFETCHABLE_WINDOW, 4, CLOSED);
  pci.writeConfig(bdf, COMMAND, 2, COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER);
}

function assignFunction(pci: ConfigAccess, bdf: number, room: Room, irq: (pin: number) => number): void {
  let command = pci.readConfig(bdf, CLASS_CODE, 2) === DISPLAY ? COMMAND_IO | COMMAND_MEMORY : 0;
  for (let bar = BAR_FIRST; bar <= BAR_LAST; bar += 4) {
    pci.writeConfig(bdf, bar, 4, 0xffff_ffff);
    const mask = pci.readConfig(bdf, bar, 4);
    if (mask === 0) continue;
    if (mask & BAR_IO) {
      const bytes = (~(mask & ~3) & 0xffff) + 1;
      room.io = Math.ceil(room.io / bytes) * bytes;
      pci.writeConfig(bdf, bar, 4, room.io);
      room.io += bytes;
      command |= COMMAND_IO;
      continue;
    }
    const bytes = (~(mask & ~0xf) >>> 0) + 1;
    room.memory = Math.floor((room.memory - bytes) / bytes) * bytes;
    pci.writeConfig(bdf, bar, 4, room.memory);
    command |= COMMAND_MEMORY;
    if (!(mask & BAR_WIDE)) continue;
    bar += 4;
    pci.writeConfig(bdf, bar, 4, 0);
  }
  pci.writeConfig(bdf, COMMAND, 2, pci.readConfig(bdf, COMMAND, 2) | command);
  const pin = pci.readConfig(bdf, INTERRUPT_PIN, 1);
  if (pin !== 0) pci.writeConfig(bdf, INTERRUPT_LINE, 1, irq(pin - 1));
}
