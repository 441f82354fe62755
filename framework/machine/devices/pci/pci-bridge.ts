/**
 * A PCI-to-PCI bridge, DECchip 21050, 1011:0001 (data sheet EC-QD2RA; PCI-to-PCI Bridge Architecture Specification 1.1): one bus behind it,
 * windows for I/O (16 bits), memory and prefetchable memory (32 bits). Functions behind it are decoded within the windows only. Not
 * modelled: VGA forwarding (no adapter is behind it), error reporting, its master enable (cards behind it move data and send messages
 * all the same), what a reset of the secondary bus does to cards beside their configuration.
 */
import { COMMAND_IO, COMMAND_MEMORY } from './config-space';
import { PciFunction, type PciFunctionState, type PciRegister } from './pci-function';

const SECONDARY_BUS = 0x19;
const IO_BASE = 0x1c;
const IO_LIMIT = 0x1d;
const SECONDARY_STATUS_HIGH = 0x1f;
const MEMORY_BASE = 0x20;
const MEMORY_LIMIT = 0x22;
const PREFETCHABLE_BASE = 0x24;
const PREFETCHABLE_LIMIT = 0x26;
const BRIDGE_CONTROL = 0x3e;
const CONTROL_ISA = 0x04;
const CONTROL_SECONDARY_RESET = 0x40;
/** ISA enable: of each KiB only the first 256 bytes are the secondary bus's. */
const ISA_ALIASES = 0x300;
const STATUS_CLEARABLE_HIGH = 0xf9;

/** Bus numbers and the secondary bus's latency; windows; bridge control. */
const REGISTERS: readonly PciRegister[] = [
  { offset: 0x18, size: 4, reset: 0, writable: 0xf8ff_ffff },
  { offset: IO_BASE, size: 2, reset: 0, writable: 0xf0f0 },
  { offset: 0x1e, size: 2, reset: 0x0280, writable: 0 },
  { offset: MEMORY_BASE, size: 4, reset: 0, writable: 0xfff0_fff0 },
  { offset: PREFETCHABLE_BASE, size: 4, reset: 0, writable: 0xfff0_fff0 },
  { offset: BRIDGE_CONTROL, size: 2, reset: 0, writable: 0x00ef },
];

export interface PciBridgeState extends PciFunctionState {
  /** INTx pins that functions behind it drive, as device * 4 + pin. */
  asserted: number[];
}

export class PciBridge extends PciFunction<PciBridgeState> {
  private readonly functions = new Map<number, PciFunction>();

  constructor(name: string) {
    super(
      name,
      { vendorId: 0x1011, deviceId: 0x0001, revision: 2, classCode: 0x060400, headerType: 1, status: 0x0280, commandWritable: 0x0167 },
      [],
      REGISTERS,
      { asserted: [] },
    );
    this.masks.clearable[SECONDARY_STATUS_HIGH] = STATUS_CLEARABLE_HIGH;
  }

  /** Plugs a function in on the secondary bus, at device 0-31, function 0-7. */
  add(device: number, fn: number, pciFunction: PciFunction): void {
    const at = device * 8 + fn;
    if (this.functions.has(at)) throw new Error(`two PCI functions at ${this.name}:${device}.${fn}`);
    this.functions.set(at, pciFunction);
    pciFunction.interruptTo = (pin, level) => this.setPin(device, pin, level);
    pciFunction.reachedBy = (isIo, first, last) => this.forwards(isIo, first, last);
  }

  /** The bus behind it; 0: it has no number yet. */
  get secondaryBus(): number {
    return this.state.config[SECONDARY_BUS]!;
  }

  /** A function of the secondary bus: device * 8 + function. */
  at(devfn: number): PciFunction | undefined {
    return this.functions.get(devfn);
  }

  override reset(): void {
    this.state.asserted = [];
    super.reset();
  }

  override writeConfig(register: number, size: number, value: number): void {
    const before = this.state.config[BRIDGE_CONTROL]!;
    super.writeConfig(register, size, value);
    if (this.state.config[BRIDGE_CONTROL]! & ~before & CONTROL_SECONDARY_RESET)
      for (const behind of this.functions.values()) behind.reset();
  }

  protected override configChanged(): void {
    for (const behind of this.functions.values()) behind.busChanged();
  }

  private forwards(isIo: boolean, first: number, last: number): boolean {
    if (!(this.command & (isIo ? COMMAND_IO : COMMAND_MEMORY))) return false;
    if (!isIo)
      return (
        this.inMemoryWindow(MEMORY_BASE, MEMORY_LIMIT, first, last) ||
        this.inMemoryWindow(PREFETCHABLE_BASE, PREFETCHABLE_LIMIT, first, last)
      );
    if (this.readConfig(BRIDGE_CONTROL, 1) & CONTROL_ISA && first & ISA_ALIASES) return false;
    return first >= this.readConfig(IO_BASE, 1) << 8 && last <= ((this.readConfig(IO_LIMIT, 1) << 8) | 0xfff);
  }

  private inMemoryWindow(base: number, limit: number, first: number, last: number): boolean {
    return first >= this.readConfig(base, 2) * 0x1_0000 && last <= this.readConfig(limit, 2) * 0x1_0000 + 0xf_ffff;
  }

  /** Pins of the secondary bus are wired to the bridge's slot by the device's number. */
  private setPin(device: number, pin: number, level: boolean): void {
    const line = (key: number): number => ((key >> 2) + key) & 3;
    const key = device * 4 + pin;
    const others = this.state.asserted.filter((asserted) => asserted !== key);
    this.state.asserted = level ? [...others, key] : others;
    this.interruptTo(
      line(key),
      this.state.asserted.some((asserted) => line(asserted) === line(key)),
    );
  }
}
