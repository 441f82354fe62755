/**
 * The SMBus controller of the ICH9, 8086:2930, 00:1F.3 (datasheet 316972, chapter 18) with nothing on its bus: every transaction ends with
 * "device error", as when no slave acknowledges.
 */
import type { AccessSize, Bus } from '../../bus/types';
import { PortWindow, type WindowTarget } from './bar-window';
import { PciFunction, type PciFunctionState, type PciRegister } from './pci-function';

const PORTS = 0x20;
const HST_STS = 0x00;
const HST_CNT = 0x02;
const DEV_ERR = 0x04;
const STATUS_CLEARABLE = 0xfe;
const START = 0x40;

const REGISTERS: readonly PciRegister[] = [{ offset: 0x40, size: 1, reset: 0, writable: 0x07 }]; // HOSTC

interface Ich9SmbusState extends PciFunctionState {
  registers: Uint8Array;
}

export class Ich9Smbus extends PciFunction<Ich9SmbusState> {
  constructor(bus: Bus, subsystem: { readonly vendorId: number; readonly id: number }) {
    const target: WindowTarget = {
      read: (offset, size) => (size === 1 ? this.state.registers[offset] : undefined),
      write: (offset, size, value) => this.writeRegister(offset, size, value),
    };
    super(
      'ich9-smbus',
      {
        vendorId: 0x8086,
        deviceId: 0x2930,
        revision: 2,
        classCode: 0x0c0500,
        subsystemVendorId: subsystem.vendorId,
        subsystemId: subsystem.id,
        interruptPin: 1,
        commandWritable: 0x0541,
        status: 0x0280,
      },
      [{ index: 4, kind: 'io', sizeBytes: PORTS, map: new PortWindow(bus, 'SMBus', PORTS, target).moveTo }],
      REGISTERS,
      { registers: new Uint8Array(PORTS) },
    );
  }

  override reset(): void {
    this.state.registers.fill(0);
    super.reset();
  }

  private writeRegister(offset: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    const { registers } = this.state;
    if (offset === HST_STS) registers[HST_STS]! &= ~(value & STATUS_CLEARABLE);
    else if (offset === HST_CNT) {
      registers[HST_CNT] = value & ~START;
      if (value & START) registers[HST_STS]! |= DEV_ERR;
    } else registers[offset] = value;
    return true;
  }
}
