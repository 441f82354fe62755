/** The PCI side of the 82540EM, 8086:100e (8254x Software Developer's Manual 317453, chapter 4). No message signalled interrupts. */
import type { Bus } from '../../bus/types';
import { MmioWindow, PortWindow, type WindowTarget } from './bar-window';
import { PciFunction } from './pci-function';
import { romBar } from './rom-bar';

export const E1000_DEVICE_ID = 0x100e;
const REGISTER_BYTES = 0x2_0000;
const PORT_BYTES = 0x40;

export interface E1000FunctionOptions {
  readonly name: string;
  readonly bus: Bus;
  readonly registers: WindowTarget;
  /** IOADDR and IODATA. */
  readonly ports: WindowTarget;
  readonly rom: Uint8Array | undefined;
  readonly mapRom?: (base: number | undefined) => void;
  readonly subsystem: { readonly vendorId: number; readonly id: number };
}

export class E1000Function extends PciFunction {
  constructor({ name, bus, registers, ports, rom, mapRom, subsystem }: E1000FunctionOptions) {
    super(
      `${name}-pci`,
      {
        vendorId: 0x8086,
        deviceId: E1000_DEVICE_ID,
        revision: 3,
        classCode: 0x020000,
        subsystemVendorId: subsystem.vendorId,
        subsystemId: subsystem.id,
        interruptPin: 1,
      },
      [
        { index: 0, kind: 'memory', sizeBytes: REGISTER_BYTES, map: new MmioWindow(bus, name, REGISTER_BYTES, registers).moveTo },
        { index: 1, kind: 'io', sizeBytes: PORT_BYTES, map: new PortWindow(bus, `${name} ports`, PORT_BYTES, ports).moveTo },
        ...romBar(bus, rom, mapRom, `${name} ROM`),
      ],
    );
  }
}
