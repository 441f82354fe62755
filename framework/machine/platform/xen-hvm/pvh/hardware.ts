/** All that is emulated for a PVH guest: the local APICs (XEN_X86_EMU_LAPIC). */
import { UNCONNECTED } from '../../../bus/line';
import { ApicBus } from '../../../bus/apic-bus';
import type { Line } from '../../../bus/types';
import { ApicPage } from '../../../devices/local-apic/apic-page';
import { LocalApic } from '../../../devices/local-apic/local-apic';
import type { MachineConfig } from '../../../types';
import { type ApicFeatures, apicFeatures } from '../../apic-features';
import type { ChipsetHost } from '../../chipset/chipset-host';
import { Operator } from '../../chipset/operator';
import type { InterruptFabric } from '../../interrupt-fabric';
import { APIC_BUS_HZ, PHYSICAL_ADDRESS_BITS, apicIdOf } from '../devices';
import { guestCpu } from '../guest-cpu';
import type { Xen } from '../xen';

const LAPIC_VERSION = 0x5_0014;

class LocalApics implements InterruptFabric {
  readonly localApics: LocalApic[] = [];
  private readonly bus = new ApicBus();
  private page: ApicPage | undefined;

  constructor(
    private readonly host: ChipsetHost,
    private readonly features: (vcpu: number) => ApicFeatures,
  ) {
    for (let vcpu = 0; vcpu < host.core.vcpus; vcpu++) this.localApics.push(this.create(vcpu));
    this.page = new ApicPage(this.localApics, () => host.core.current);
    host.bus.addMmio(this.page);
  }

  private create(vcpu: number): LocalApic {
    const { host } = this;
    return host.register(
      new LocalApic({
        name: `lapic${vcpu}`,
        clock: host.clock,
        bus: this.bus,
        apicId: apicIdOf(vcpu),
        bsp: vcpu === 0,
        version: LAPIC_VERSION,
        busHz: APIC_BUS_HZ,
        physicalAddressBits: PHYSICAL_ADDRESS_BITS,
        ...this.features(vcpu),
        ignoresInit: () => host.core.activity(vcpu) === 'wait-for-sipi',
        baseChanged: () => this.basesChanged(),
        cpu: {
          changed: () => this.changed(vcpu),
          nmi: () => host.vcpus.nmi(vcpu),
          init: () => host.vcpus.init(vcpu),
          startup: (vector) => host.vcpus.startup(vcpu, vector),
          smi: () => undefined,
        },
      }),
    );
  }

  /** Also while the APIC is being made, and then nothing waits. */
  private changed(vcpu: number): void {
    const apic = this.localApics[vcpu];
    if (apic) this.host.vcpus.setInterrupt(vcpu, apic.interrupting);
  }

  private basesChanged(): void {
    if (!this.page) return;
    this.host.bus.removeMmio(this.page);
    this.host.bus.addMmio(this.page);
  }

  acknowledge(vcpu: number): { readonly vector: number; readonly source: 'lapic' } {
    return { vector: this.localApics[vcpu]?.acknowledge() ?? 0, source: 'lapic' };
  }

  tscChanged(vcpu: number): void {
    this.localApics[vcpu]?.tscChanged();
  }

  apicEnabled(vcpu: number): boolean {
    return this.localApics[vcpu]?.globallyEnabled ?? false;
  }

  setTaskPriority(vcpu: number, cr8: number): void {
    this.localApics[vcpu]?.setTaskPriority(cr8 << 4);
  }
}

export class PvhHardware {
  readonly interrupts: LocalApics;
  /** Its serial line is the PV console; there is no keyboard. */
  readonly operator: Operator;
  readonly display = undefined;
  readonly gsi = (): Line => UNCONNECTED;
  readonly setPciPin = (): void => undefined;
  readonly movePmPorts = (): void => undefined;

  constructor(host: ChipsetHost, xen: Xen, config: MachineConfig) {
    this.interrupts = new LocalApics(host, apicFeatures(host, guestCpu(config).features2, config.tscKhz));
    this.operator = host.register(
      new Operator({
        clock: host.clock,
        trace: host.trace,
        key: () => undefined,
        isKeyboardBusy: () => false,
        send: (bytes) => xen.console.send(bytes),
      }),
    );
  }
}
