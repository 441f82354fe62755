/** Base addresses, decoding and interrupt lines of the functions on bus 0, as a PC BIOS leaves them (PCI local bus specification 3.0, 6.2). */
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
const CLASS_CODE = 0x0a;
const DISPLAY = 0x0300;
const HEADER_TYPE = 0x0e;
const MULTI_FUNCTION = 0x80;
const BAR_FIRST = 0x10;
const BAR_LAST = 0x24;
const BAR_IO = 0x01;
const BAR_WIDE = 0x04;
const INTERRUPT_LINE = 0x3c;
const INTERRUPT_PIN = 0x3d;
/** I/O from here up; memory from the APICs down. */
const IO_START = 0xc000;
const MEMORY_END = 0xfec0_0000;

export function assignPciResources(pci: ConfigAccess): void {
  const room = { io: IO_START, memory: MEMORY_END };
  for (let device = 0; device < DEVICES; device++) {
    const first = device * FUNCTIONS;
    if (pci.readConfig(first, VENDOR_ID, 2) === ABSENT) continue;
    const functions = pci.readConfig(first, HEADER_TYPE, 1) & MULTI_FUNCTION ? FUNCTIONS : 1;
    for (let bdf = first; bdf < first + functions; bdf++) {
      if (pci.readConfig(bdf, VENDOR_ID, 2) !== ABSENT) assignFunction(pci, bdf, device, room);
    }
  }
}

function assignFunction(pci: ConfigAccess, bdf: number, device: number, room: { io: number; memory: number }): void {
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
  if (pin !== 0) pci.writeConfig(bdf, INTERRUPT_LINE, 1, PCI_IRQS[(device + pin - 2) & 3]!);
}
