import { ApicBus } from '../../bus/apic-bus';
import { GatedLine, SharedLine, UNCONNECTED, fanOut } from '../../bus/line';
import { apicMessage, type MessageSink } from '../../bus/message-signalled';
import type { Line } from '../../bus/types';
import { VirtualWire } from '../../bus/virtual-wire';
import { I8259aPair } from '../../devices/i8259a/pair';
import { IoApic } from '../../devices/io-apic';
import { ApicPage } from '../../devices/local-apic/apic-page';
import { LocalApic } from '../../devices/local-apic/local-apic';
import type { ApicFeatures } from '../apic-features';
import type { InterruptFabric } from '../interrupt-fabric';
import type { ChipsetHost } from './chipset-host';

const ISA_IRQS = 16;
const CASCADE = 2;
/** ISA interrupt 0 reaches the I/O APIC at pin 2 (MADT override); the 8259A pair's INT is at pin 0. */
const TIMER_PIN = 2;
const PIC_PIN = 0;
const LAPIC_VERSION = 0x5_0014;

export interface PcInterruptOptions {
  /** false: no local and I/O APICs, INT goes straight to the BSP. */
  readonly apic: boolean;
  /** false: SMI messages are accepted and lost, as a hypervisor without SMM does. */
  readonly hasSmm: boolean;
  apicId(vcpu: number): number;
  apicFeatures(vcpu: number): ApicFeatures;
  /** What the local APICs' timers count. */
  readonly apicBusHz: number;
  /** LINT0 entry of the BSP after reset. */
  readonly lint0AtReset: number;
  readonly ioApicPins: number;
  /** 11h, or 20h: with an EOI register of its own. */
  readonly ioApicVersion: number;
  readonly physicalAddressBits: number;
  /** Absent: INIT always resets the local APIC. */
  ignoresInit?(vcpu: number): boolean;
}

/** A CPU without a local APIC: INT of the 8259A pair is its INTR. */
const NO_LOCAL_APIC = {
  apicId: 0,
  globallyEnabled: false,
  accepting: false,
  lint0: 0,
  interrupting: false,
  matchesLogical: () => false,
  setLint0: () => undefined,
  acknowledge: () => 0,
};

/** The interrupt path of a PC: ISA interrupt lines to the 8259A pair and the I/O APIC, and from there to the CPUs. */
export class PcInterrupts implements InterruptFabric {
  readonly pic: I8259aPair;
  readonly ioApic: IoApic | undefined;
  readonly localApics: readonly LocalApic[];
  readonly apicBus = new ApicBus();
  /** NMI sources; port 70h bit 7 cuts them off. */
  readonly nmi: SharedLine;
  readonly nmiGate: GatedLine;
  private readonly wire: VirtualWire;
  private readonly isa: readonly SharedLine[];
  private readonly page: ApicPage | undefined;

  constructor(
    private readonly host: ChipsetHost,
    private readonly options: PcInterruptOptions,
  ) {
    this.wire = new VirtualWire((vcpu, asserted) => host.vcpus.setInterrupt(vcpu, asserted));
    this.pic = new I8259aPair({ set: (level) => this.picChanged(level) });
    host.register(this.pic.master);
    host.register(this.pic.slave);
    host.bus.addPorts(this.pic);
    this.localApics = options.apic ? Array.from({ length: host.core.vcpus }, (_, vcpu) => this.localApic(vcpu)) : [];
    this.page = options.apic ? new ApicPage(this.localApics, () => host.core.current) : undefined;
    this.ioApic = options.apic ? this.createIoApic() : undefined;
    this.wire.connect({
      pic: this.pic,
      ...(this.ioApic ? { ioApic: this.ioApic } : {}),
      localApics: options.apic ? this.localApics : [NO_LOCAL_APIC],
    });
    this.isa = Array.from({ length: ISA_IRQS }, (_, irq) => host.register(new SharedLine(`irq${irq}`, this.isaEnd(irq))));
    this.nmiGate = host.register(new GatedLine('nmi-gate', { set: (level) => this.nmiChanged(level) }));
    this.nmi = host.register(new SharedLine('nmi', this.nmiGate));
    if (this.page) host.bus.addMmio(this.page);
  }

  private localApic(vcpu: number): LocalApic {
    const { host, options } = this;
    return host.register(
      new LocalApic({
        name: `lapic${vcpu}`,
        clock: host.clock,
        bus: this.apicBus,
        apicId: options.apicId(vcpu),
        bsp: vcpu === 0,
        version: LAPIC_VERSION,
        busHz: options.apicBusHz,
        physicalAddressBits: options.physicalAddressBits,
        ...options.apicFeatures(vcpu),
        ...(vcpu === 0 ? { lint0AtReset: options.lint0AtReset } : {}),
        ignoresInit: () => options.ignoresInit?.(vcpu) ?? false,
        baseChanged: () => this.basesChanged(),
        cpu: {
          changed: () => this.wire.update(),
          nmi: () => host.vcpus.nmi(vcpu),
          init: () => host.vcpus.init(vcpu),
          startup: (vector) => host.vcpus.startup(vcpu, vector),
          smi: () => options.hasSmm && host.vcpus.smi(vcpu),
        },
      }),
    );
  }

  private createIoApic(): IoApic {
    const { host, options } = this;
    const ioApic = new IoApic({
      name: 'ioapic',
      bus: this.apicBus,
      pins: options.ioApicPins,
      version: options.ioApicVersion,
      baseGpa: 0xfec0_0000,
      changed: () => this.wire.update(),
    });
    host.bus.addMmio(ioApic);
    return host.register(ioApic);
  }

  private isaEnd(irq: number): Line {
    const { ioApic } = this;
    const picLine = irq === CASCADE ? UNCONNECTED : this.pic.line(irq);
    if (!ioApic || irq === CASCADE) return picLine;
    return fanOut(picLine, ioApic.line(irq === 0 ? TIMER_PIN : irq));
  }

  /** A new driver of an ISA interrupt. */
  input(irq: number): Line {
    return this.isa[irq]!.input();
  }

  /** An I/O APIC pin for a driver that bypasses the 8259A pair; nothing without an I/O APIC. */
  ioApicInput(pin: number): Line {
    return this.ioApic && pin < this.options.ioApicPins ? this.ioApic.line(pin) : UNCONNECTED;
  }

  /** A device's dword write: an interrupt where the local APICs are, memory elsewhere. */
  readonly message: MessageSink = (address, data) => {
    const sent = this.options.apic ? apicMessage(address, data) : undefined;
    if (sent) this.apicBus.send(sent.message, sent.destination);
    else this.host.memory.write(address, Uint8Array.of(data, data >>> 8, data >>> 16, data >>> 24));
  };

  tscChanged(vcpu: number): void {
    this.localApics[vcpu]?.tscChanged();
  }

  apicEnabled(vcpu: number): boolean {
    return this.localApics[vcpu]?.globallyEnabled ?? false;
  }

  setTaskPriority(vcpu: number, cr8: number): void {
    this.localApics[vcpu]?.setTaskPriority(cr8 << 4);
  }

  acknowledge(vcpu: number): { readonly vector: number; readonly source: 'pic' | 'lapic' } {
    return this.wire.acknowledge(vcpu);
  }

  private picChanged(level: boolean): void {
    this.wire.picInt.set(level);
    this.ioApic?.line(PIC_PIN).set(level);
  }

  private nmiChanged(level: boolean): void {
    if (this.localApics.length > 0) for (const apic of this.localApics) apic.lint1.set(level);
    else if (level) this.host.vcpus.nmi(0);
  }

  private basesChanged(): void {
    if (!this.page) return;
    this.host.bus.removeMmio(this.page);
    this.host.bus.addMmio(this.page);
  }
}
