import type { Line } from '../../bus/types';
import type { LocalApic } from '../../devices/local-apic/local-apic';
import type { KernelStart } from '../../types';
import type { ChipsetHost } from '../chipset/chipset-host';
import type { VgaChips } from '../chipset/pci-chips';
import type { Operator } from '../chipset/operator';
import type { PcDisks } from '../chipset/pc-disks';
import type { PcFloppies } from '../chipset/pc-floppies';
import type { InterruptFabric } from '../interrupt-fabric';
import type { BuiltDomain, DomainParts } from './builder/domain';
import type { E820Entry, MemoryLayout } from './builder/layout';
import type { Xen } from './xen';

/** What surrounds the vCPUs of a guest: emulated chips, or hardly any. */
export interface XenHardware {
  readonly interrupts: InterruptFabric & {
    readonly localApics: readonly LocalApic[];
    apicEnabled(vcpu: number): boolean;
    setTaskPriority(vcpu: number, cr8: number): void;
  };
  gsi(gsi: number): Line;
  setPciPin(device: number, pin: number, level: boolean): void;
  movePmPorts(location: 0 | 1): void;
  readonly operator: Operator;
  readonly floppies?: PcFloppies | undefined;
  readonly disks?: PcDisks;
  readonly display: VgaChips | undefined;
}

/** What kind of guest the tool stack builds. */
export interface XenGuestKind {
  readonly layout: MemoryLayout;
  readonly memoryMap: readonly E820Entry[];
  hardware(host: ChipsetHost, xen: Xen): XenHardware;
  build(parts: DomainParts): BuiltDomain;
  /** Its kernel, once it is built. */
  kernelStart(hardware: XenHardware, built: BuiltDomain): KernelStart | undefined;
}
