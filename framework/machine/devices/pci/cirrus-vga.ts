/**
 * The PCI side of the Cirrus Logic CL-GD5446, 1013:00B8: BAR0 32 MiB with the linear frame buffer at its start, BAR1 4 KiB with the
 * VGA registers at its start and the BitBLT engine's at 100h, ROM BAR.
 */
import type { AccessSize, Bus } from '../../bus/types';
import { MmioWindow, type WindowTarget } from './bar-window';
import { PciFunction } from './pci-function';
import { romBar } from './rom-bar';

const FRAME_BUFFER_BAR_BYTES = 0x200_0000;
const REGISTER_BAR_BYTES = 0x1000;
const VGA_PORTS = 0x20;
const BLT_REGISTERS = 0x100;
const BLT_REGISTERS_END = 0x200;

export interface CirrusVgaWiring {
  readonly bus: Bus;
  mapFrameBuffer(base: number | undefined): void;
  /** VGA register 3C0h-3DFh, one byte. */
  readRegister(port: number): number;
  writeRegister(port: number, value: number): void;
  /** The BitBLT engine's registers, by offset. */
  readonly bltRegisters: WindowTarget;
  readonly rom: Uint8Array | undefined;
  /** Where the ROM's pages show as memory; absent: every read comes to the BAR. */
  readonly mapRom?: (base: number | undefined) => void;
  readonly subsystem: { readonly vendorId: number; readonly id: number };
}

const isBlt = (offset: number): boolean => offset >= BLT_REGISTERS && offset < BLT_REGISTERS_END;

function registerWindow(wiring: CirrusVgaWiring): WindowTarget {
  return {
    read(offset: number, size: AccessSize) {
      if (isBlt(offset)) return wiring.bltRegisters.read(offset - BLT_REGISTERS, size);
      if (offset >= VGA_PORTS) return undefined;
      let value = 0;
      for (let i = size - 1; i >= 0; i--) value = value * 256 + wiring.readRegister(0x3c0 + offset + i);
      return value;
    },
    write(offset: number, size: AccessSize, value: number) {
      if (isBlt(offset)) return wiring.bltRegisters.write(offset - BLT_REGISTERS, size, value);
      if (offset >= VGA_PORTS) return false;
      for (let i = 0; i < size; i++) wiring.writeRegister(0x3c0 + offset + i, (value >>> (8 * i)) & 0xff);
      return true;
    },
  };
}

export class CirrusVgaFunction extends PciFunction {
  constructor(wiring: CirrusVgaWiring) {
    const { bus, rom, subsystem } = wiring;
    const registers = new MmioWindow(bus, 'VGA registers', REGISTER_BAR_BYTES, registerWindow(wiring));
    super(
      'vga-pci',
      {
        vendorId: 0x1013,
        deviceId: 0x00b8,
        revision: 0,
        classCode: 0x030000,
        subsystemVendorId: subsystem.vendorId,
        subsystemId: subsystem.id,
      },
      [
        { index: 0, kind: 'memory', prefetchable: true, sizeBytes: FRAME_BUFFER_BAR_BYTES, map: (base) => wiring.mapFrameBuffer(base) },
        { index: 1, kind: 'memory', sizeBytes: REGISTER_BAR_BYTES, map: registers.moveTo },
        ...romBar(bus, rom, wiring.mapRom),
      ],
    );
  }
}
