/**
 * The SATA function of the ICH9 in AHCI mode, 8086:2922: its configuration side (I/O Controller Hub 9 datasheet 316972, chapter 15).
 * BAR4 is the index/data pair of the registers behind BAR5. Its message has a 64-bit address, as QEMU's. Not modelled: IDE mode, power
 * management.
 */
import type { MessageSink } from '../../bus/message-signalled';
import type { AccessSize, Bus } from '../../bus/types';
import { MmioWindow, PortWindow, type WindowTarget } from './bar-window';
import { isMsiEnabled, msiCapability, sendMsi } from './msi';
import { PciFunction, type PciFunctionState, type PciRegister } from './pci-function';

const REGISTER_BYTES = 0x1000;
const INDEX_PAIR_BYTES = 0x20;
/** Offsets of the pair within BAR4: the index, and the register that it names. */
const INDEX = 0x10;
const DATA = 0x14;
const CAPABILITIES = 0x34;
const MSI = 0x80;
const SATA_CAPABILITY = 0xa8;

const REGISTERS: readonly PciRegister[] = [
  { offset: CAPABILITIES, size: 1, reset: MSI, writable: 0 },
  ...msiCapability(MSI, SATA_CAPABILITY),
  { offset: 0x90, size: 2, reset: 0x0040, writable: 0x00c0 }, // MAP: AHCI
  { offset: 0x92, size: 2, reset: 0x003f, writable: 0x003f }, // PCS: six ports enabled
  { offset: SATA_CAPABILITY, size: 4, reset: 0x0010_0012, writable: 0 }, // revision 1.0, last capability
  { offset: SATA_CAPABILITY + 4, size: 4, reset: 0x0000_0048, writable: 0 }, // index/data pair in BAR4 at 16
];

interface Ich9AhciState extends PciFunctionState {
  index: number;
}

export class Ich9Ahci extends PciFunction<Ich9AhciState> {
  /** `registers`: the controller behind BAR5. */
  constructor(
    bus: Bus,
    registers: WindowTarget,
    subsystem: { readonly vendorId: number; readonly id: number },
    private readonly send: MessageSink,
  ) {
    const pair: WindowTarget = {
      read: (offset, size) => this.readPair(registers, offset, size),
      write: (offset, size, value) => this.writePair(registers, offset, size, value),
    };
    super(
      'ich9-ahci',
      {
        vendorId: 0x8086,
        deviceId: 0x2922,
        revision: 2,
        classCode: 0x010601,
        subsystemVendorId: subsystem.vendorId,
        subsystemId: subsystem.id,
        interruptPin: 1,
        commandWritable: 0x0407,
        status: 0x0010,
      },
      [
        {
          index: 4,
          kind: 'io',
          sizeBytes: INDEX_PAIR_BYTES,
          map: new PortWindow(bus, 'AHCI index/data pair', INDEX_PAIR_BYTES, pair).moveTo,
        },
        { index: 5, kind: 'memory', sizeBytes: REGISTER_BYTES, map: new MmioWindow(bus, 'AHCI', REGISTER_BYTES, registers).moveTo },
      ],
      REGISTERS,
      { index: 0 },
    );
  }

  /** The controller has an interrupt anew: a message, if software wants messages. */
  message(): void {
    sendMsi(this, MSI, this.send);
  }

  protected override usesMessages(): boolean {
    return isMsiEnabled(this, MSI);
  }

  override reset(): void {
    this.state.index = 0;
    super.reset();
  }

  private readPair(registers: WindowTarget, offset: number, size: AccessSize): number | undefined {
    if (size !== 4) return undefined;
    if (offset === DATA) return registers.read(this.state.index, 4);
    return offset === INDEX ? this.state.index : 0;
  }

  private writePair(registers: WindowTarget, offset: number, size: AccessSize, value: number): boolean {
    if (size !== 4) return false;
    if (offset === DATA) return registers.write(this.state.index, 4, value);
    if (offset === INDEX) this.state.index = value & (REGISTER_BYTES - 4);
    return true;
  }
}
