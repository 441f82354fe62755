/**
 * The PCI side of the "standard" VGA adapter, 1234:1111: BAR0 linear frame buffer, BAR2 4 KiB of registers (the monitor's EDID at 0, VGA
 * ports at 400h, VBE DISPI at 500h, frame buffer size and byte order at 600h), ROM BAR.
 */
import type { AccessSize, Bus } from '../../bus/types';
import { MmioWindow, type WindowTarget } from './bar-window';
import { PciFunction } from './pci-function';
import { romBar } from './rom-bar';

const VGA_PORTS = 0x400;
const VGA_PORTS_END = 0x420;
const DISPI = 0x500;
const DISPI_END = 0x516;
const EXTENDED_SIZE = 0x600;
const EXTENDED_BYTE_ORDER = 0x604;
const LITTLE_ENDIAN = 0x1e1e_1e1e;
const EXTENDED_REGISTERS_BYTES = 8;

export interface StdVgaWiring {
  readonly bus: Bus;
  /** Where VRAM shows as linear frame buffer. */
  mapFrameBuffer(base: number | undefined): void;
  /** VGA register 3C0h-3DFh, one byte. */
  readRegister(port: number): number;
  writeRegister(port: number, value: number): void;
  readDispi(index: number): number;
  writeDispi(index: number, value: number): void;
  readonly frameBufferBytes: number;
  /** Absent: reads 0, as from adapters before it was added. */
  readonly edid?: Uint8Array;
  /** Expansion ROM image; absent: no ROM BAR. */
  readonly rom: Uint8Array | undefined;
  /** Where the ROM's pages show as memory; absent: every read comes to the BAR. */
  readonly mapRom?: (base: number | undefined) => void;
  readonly subsystem: { readonly vendorId: number; readonly id: number };
}

function bytesAt(bytes: Uint8Array | undefined, offset: number, size: AccessSize): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes?.[offset + i] ?? 0);
  return value;
}

function registerWindow(wiring: StdVgaWiring): WindowTarget {
  return {
    read(offset: number, size: AccessSize) {
      if (offset >= VGA_PORTS && offset < VGA_PORTS_END) {
        let value = 0;
        for (let i = size - 1; i >= 0; i--) value = value * 256 + wiring.readRegister(0x3c0 + offset - VGA_PORTS + i);
        return value;
      }
      if (offset >= DISPI && offset < DISPI_END) return wiring.readDispi((offset - DISPI) >> 1);
      if (offset === EXTENDED_SIZE) return EXTENDED_REGISTERS_BYTES;
      if (offset === EXTENDED_BYTE_ORDER) return LITTLE_ENDIAN;
      return offset < VGA_PORTS ? bytesAt(wiring.edid, offset, size) : undefined;
    },
    write(offset: number, size: AccessSize, value: number) {
      if (offset >= VGA_PORTS && offset < VGA_PORTS_END) {
        for (let i = 0; i < size; i++) wiring.writeRegister(0x3c0 + offset - VGA_PORTS + i, (value >>> (8 * i)) & 0xff);
        return true;
      }
      if (offset >= DISPI && offset < DISPI_END && size === 2) {
        wiring.writeDispi((offset - DISPI) >> 1, value);
        return true;
      }
      return offset === EXTENDED_BYTE_ORDER;
    },
  };
}

export class StdVgaFunction extends PciFunction {
  constructor(wiring: StdVgaWiring) {
    const { bus, rom } = wiring;
    const registers = new MmioWindow(bus, 'VGA registers', 0x1000, registerWindow(wiring));
    super(
      'vga-pci',
      {
        vendorId: 0x1234,
        deviceId: 0x1111,
        revision: 2,
        classCode: 0x030000,
        subsystemVendorId: wiring.subsystem.vendorId,
        subsystemId: wiring.subsystem.id,
      },
      [
        {
          index: 0,
          kind: 'memory',
          prefetchable: true,
          sizeBytes: wiring.frameBufferBytes,
          map: (base) => wiring.mapFrameBuffer(base),
        },
        { index: 2, kind: 'memory', sizeBytes: 0x1000, map: registers.moveTo },
        ...romBar(bus, rom, wiring.mapRom),
      ],
    );
  }
}
