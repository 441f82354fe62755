import { AcpiGpe } from '../../devices/acpi-gpe';
import { AcpiPm } from '../../devices/acpi-pm';
import type { AtapiCdrom } from '../../devices/ata/atapi-cdrom';
import type { DiskOverlay } from '../../devices/disk/overlay';
import { Ich9ChipsetConfig } from '../../devices/ich9-chipset-config';
import { Ich9Smi } from '../../devices/ich9-smi';
import { Ich9SmiFeatures } from '../../devices/ich9-smi-features';
import { Ich9Tco } from '../../devices/ich9-tco';
import { MmioWindow, PortWindow, type WindowTarget } from '../../devices/pci/bar-window';
import { PciConfigMechanism } from '../../devices/pci/config-mechanism';
import { Ich9Lpc, PIRQS } from '../../devices/pci/ich9-lpc';
import { Ich9Smbus } from '../../devices/pci/ich9-smbus';
import { PirqRouter } from '../../devices/pci/pirq-router';
import { SmiCommand } from '../../devices/smi-command';
import type { DiskName, MachineConfig } from '../../types';
import { type AhciDisks, ahciDisks } from '../chipset/ahci-disks';
import type { ChipsetHost } from '../chipset/chipset-host';
import type { PcInterrupts } from '../chipset/pc-interrupts';
import { QEMU_SUBSYSTEM, sciLine } from '../chipset/pci-chips';

export const SCI_IRQ = 9;
const LPC_DEVICE = 31;
/** PIRQA-H also are I/O APIC pins 16-23. */
export const FIRST_PIRQ_PIN = 16;
/** APM control port. */
export const SMI_COMMAND = 0xb2;
/** Offsets in the ACPI block. */
export const GPE0 = 0x20;
export const GPE_BYTES = 8;
const SMI = 0x30;
const TCO = 0x60;
const RCBA_BYTES = 0x4000;
export const ACPI_ENABLE = 0x02;
export const ACPI_DISABLE = 0x03;
export const SLEEP_SOFT_OFF = 0;
/** Disks and CD-ROM drives by port. */
/** The I/O controller hub: LPC bridge with its ACPI block, SATA in AHCI mode, SMBus, and the interrupt routes of PCI pins. */
export class Ich9 {
  readonly config: PciConfigMechanism;
  readonly disks: ReadonlyMap<DiskName, DiskOverlay>;
  readonly discDrive: AtapiCdrom | undefined;
  readonly smiFeatures: Ich9SmiFeatures;
  readonly pm: AcpiPm;

  constructor(
    private readonly host: ChipsetHost,
    interrupts: PcInterrupts,
    config: MachineConfig,
  ) {
    const routes = host.register(new Ich9ChipsetConfig(() => this.router.rerouted(PIRQS)));
    this.router = host.register(
      new PirqRouter(
        (device, pin) => routes.pirq(device, pin),
        (index, level) => this.lpc.setPirq(index, level),
      ),
    );
    const sci = sciLine(host, interrupts, SCI_IRQ);
    this.pm = host.register(
      new AcpiPm({
        name: 'acpi-pm',
        clock: host.clock,
        bus: host.bus,
        sci: sci.input(),
        timerBits: 24,
        sleep: (type) => {
          if (type === SLEEP_SOFT_OFF) host.requestShutdown('acpi-s5', type);
        },
      }),
    );
    const gpe = host.register(new AcpiGpe('acpi-gpe', 0, GPE_BYTES, sci.input()));
    const smi = host.register(new Ich9Smi((source) => this.raiseSmi(source)));
    this.smiFeatures = host.register(new Ich9SmiFeatures());
    const tco = host.register(
      new Ich9Tco({
        clock: host.clock,
        timeout: () => smi.tcoTimeout(),
        secondTimeout: () => {
          if (!routes.noReboot) host.requestReset('tco');
        },
      }),
    );
    this.createCommandPort(smi);
    const windows = this.pmWindows(gpe, smi, tco);
    const rcba = new MmioWindow(host.bus, 'chipset configuration', RCBA_BYTES, routes);
    this.lpc = host.register(
      new Ich9Lpc(
        {
          irqs: Array.from({ length: 16 }, (_, irq) => interrupts.input(irq)),
          pins: Array.from({ length: PIRQS }, (_, index) => interrupts.ioApicInput(FIRST_PIRQ_PIN + index)),
          mapPm: (base) => {
            this.pm.setBase(base ?? -1);
            for (const { offset, window } of windows) window.moveTo(base === undefined ? undefined : base + offset);
          },
          mapRcba: rcba.moveTo,
          smiLock: (locked) => smi.setLock(locked),
        },
        QEMU_SUBSYSTEM,
      ),
    );
    this.config = host.register(new PciConfigMechanism(host.trace, this.router.setPin));
    this.config.add(LPC_DEVICE, 0, this.lpc);
    const sata = this.createSata(config, interrupts);
    this.disks = sata.disks;
    this.discDrive = sata.discDrive;
    this.config.add(LPC_DEVICE, 3, host.register(new Ich9Smbus(host.bus, QEMU_SUBSYSTEM)));
    host.bus.addPorts(this.config);
  }

  private readonly router: PirqRouter;
  private readonly lpc: Ich9Lpc;

  private pmWindows(gpe: AcpiGpe, smi: Ich9Smi, tco: Ich9Tco): { readonly offset: number; readonly window: PortWindow }[] {
    const gpeTarget: WindowTarget = {
      read: (offset, size) => gpe.readPort(offset, size),
      write: (offset, size, value) => gpe.writePort(offset, size, value),
    };
    const { bus } = this.host;
    return [
      { offset: GPE0, window: new PortWindow(bus, 'acpi gpe0', 2 * GPE_BYTES, gpeTarget) },
      { offset: SMI, window: new PortWindow(bus, 'smi control', 8, smi) },
      { offset: TCO, window: new PortWindow(bus, 'tco', 0x20, tco) },
    ];
  }

  /** As in QEMU: one of the watchdog reaches the boot processor, one of an APM write its CPU, or all when firmware asked for that. */
  private raiseSmi(source: 'apm' | 'tco'): void {
    const { core, vcpus } = this.host;
    if (source === 'tco') return vcpus.smi(0);
    if (!this.smiFeatures.state.broadcast) return vcpus.smi(core.current);
    for (let vcpu = 0; vcpu < core.vcpus; vcpu++) vcpus.smi(vcpu);
  }

  /** APM control: firmware's ACPI switch, else an SMI. */
  private createCommandPort(smi: Ich9Smi): void {
    const { host, pm } = this;
    const command = host.register(
      new SmiCommand('smi-command', (value) => {
        if (value === ACPI_ENABLE) pm.setSciEnabled(true);
        else if (value === ACPI_DISABLE) pm.setSciEnabled(false);
        else smi.apmWritten();
      }),
    );
    host.bus.addPorts(command);
  }

  private createSata(config: MachineConfig, { message }: PcInterrupts): AhciDisks {
    const sata = ahciDisks(this.host, config, message);
    this.config.add(LPC_DEVICE, 2, sata.pciFunction);
    return sata;
  }
}
