/**
 * Intel 82371SB (PIIX3) function 1, the IDE controller's PCI side. Datasheet 290550, section 2.3.
 * The channels answer at their legacy ports whatever IDETIM's decode bits say; the timing registers keep what is written.
 */
import type { Bus } from '../../bus/types';
import { PortWindow, type WindowTarget } from './bar-window';
import { PciFunction, type PciRegister } from './pci-function';

const REGISTERS: readonly PciRegister[] = [
  { offset: 0x40, size: 4, reset: 0, writable: 0xf3ff_f3ff }, // IDETIM primary, secondary
  { offset: 0x44, size: 1, reset: 0, writable: 0xff }, // SIDETIM
];

export class Piix3Ide extends PciFunction {
  /** `busMaster`: the two channels' BMIDE registers, 16 bytes. */
  constructor(bus: Bus, busMaster: WindowTarget, subsystem: { readonly vendorId: number; readonly id: number } = { vendorId: 0, id: 0 }) {
    super(
      'piix3-ide',
      {
        vendorId: 0x8086,
        deviceId: 0x7010,
        revision: 0,
        classCode: 0x010180,
        subsystemVendorId: subsystem.vendorId,
        subsystemId: subsystem.id,
        commandWritable: 0x0005,
        status: 0x0280,
      },
      [{ index: 4, kind: 'io', sizeBytes: 16, map: new PortWindow(bus, 'IDE bus master', 16, busMaster).moveTo }],
      REGISTERS,
    );
  }
}
