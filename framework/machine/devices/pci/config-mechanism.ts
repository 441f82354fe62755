/**
 * PCI configuration mechanism 1 (PCI 2.1, 3.2.2.3.2) for bus 0 and those behind its bridges: CONFADD at CF8h (dword only), CONFDATA at CFCh-CFFh.
 * Byte and word accesses to CF8h-CFBh are no configuration accesses; CF9h belongs to the reset control register.
 * Nothing answers on other buses, as with a master abort. Not modelled: mechanism 2, special cycles.
 */
import type { TraceSink } from '../../../trace/sink';
import type { AccessSize, PortDevice, PortRegion, Resettable, Stateful } from '../../bus/types';
import { PciBridge } from './pci-bridge';
import type { PciFunction } from './pci-function';

const CONFADD = 0xcf8;
const CONFDATA = 0xcfc;
const CONFADD_ENABLE = 0x8000_0000;
const CONFIG_BYTES = 256;

export interface PciInterruptSink {
  /** `device` 0-31, `pin` 0 = INTA. */
  (device: number, pin: number, level: boolean): void;
}

export class PciConfigMechanism implements PortDevice, Stateful, Resettable {
  readonly name = 'pci-config';
  readonly state = { address: 0 };
  readonly portRegions: readonly PortRegion[] = [
    { first: CONFADD, last: CONFADD, name: 'PCI configuration address' },
    { first: CONFDATA, last: CONFDATA + 3, name: 'PCI configuration data' },
  ];
  private readonly functions = new Map<number, PciFunction>();
  private readonly bridges: PciBridge[] = [];

  constructor(
    private readonly trace: TraceSink,
    private readonly interrupts: PciInterruptSink,
  ) {}

  /** Plugs a function in at device 0-31, function 0-7 of bus 0. */
  add(device: number, fn: number, pciFunction: PciFunction): void {
    const bdf = device * 8 + fn;
    if (this.functions.has(bdf)) throw new Error(`two PCI functions at 00:${device}.${fn}`);
    this.functions.set(bdf, pciFunction);
    if (pciFunction instanceof PciBridge) this.bridges.push(pciFunction);
    pciFunction.interruptTo = (pin, level) => this.interrupts(device, pin, level);
  }

  reset(): void {
    this.state.address = 0;
  }

  /** undefined while CONFADD does not enable configuration accesses. */
  private selected(port: number): { bdf: number; register: number } | undefined {
    const { address } = this.state;
    if (address < CONFADD_ENABLE) return undefined;
    const bdf = (address >>> 8) & 0xffff;
    const register = (address & 0xfc) + (port - CONFDATA);
    return { bdf, register };
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (port === CONFADD) return size === 4 ? this.state.address : undefined;
    const selected = this.selected(port);
    if (!selected || port + size > CONFDATA + 4) return undefined;
    return this.readConfig(selected.bdf, selected.register, size);
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (port === CONFADD) {
      if (size !== 4) return false;
      this.state.address = value & 0x80ff_fffc;
      if (this.state.address < 0) this.state.address += 2 ** 32;
      return true;
    }
    const selected = this.selected(port);
    if (!selected || port + size > CONFDATA + 4) return false;
    this.writeConfig(selected.bdf, selected.register, size, value);
    return true;
  }

  private find(bdf: number): PciFunction | undefined {
    const bus = bdf >> 8;
    return bus === 0 ? this.functions.get(bdf) : this.bridges.find(({ secondaryBus }) => secondaryBus === bus)?.at(bdf & 0xff);
  }

  /** A configuration access, whatever mechanism made it. Beyond the 256 bytes of a PCI function there is nothing. */
  readConfig(bdf: number, register: number, size: AccessSize): number {
    const target = register < CONFIG_BYTES ? this.find(bdf) : undefined;
    const value = target ? target.readConfig(register, size) : 2 ** (8 * size) - 1;
    if (this.trace.wants('pci-config-read')) this.trace.record('pci-config-read', bdf, register, size, value);
    return value;
  }

  writeConfig(bdf: number, register: number, size: AccessSize, value: number): void {
    if (this.trace.wants('pci-config-write')) this.trace.record('pci-config-write', bdf, register, size, value);
    if (register < CONFIG_BYTES) this.find(bdf)?.writeConfig(register, size, value);
  }
}
