import type { AtapiCdrom } from '../../devices/ata/atapi-cdrom';
import type { TraceSink } from '../../../trace/sink';
import { AcpiGpe } from '../../devices/acpi-gpe';
import { AcpiPm } from '../../devices/acpi-pm';
import type { Piix4Pm } from '../../devices/pci/piix4-pm';
import { SmiCommand } from '../../devices/smi-command';
import { kernelEntryOf } from '../../loaders/kernel/load-kernel';
import type { KernelStart, MachineConfig } from '../../types';
import { tablesOf } from '../acpi/table-set';
import { diskGeometries } from '../chipset/disk-geometry';
import { PcDisks } from '../chipset/pc-disks';
import { PcFloppies } from '../chipset/pc-floppies';
import { PciChips, sciLine } from '../chipset/pci-chips';
import { ramLayout } from '../pc/memory-map';
import { PcBase } from '../pc/pc-base';
import { IO_APIC_ID, pcAcpi, type PcAcpiOptions } from './acpi';
import { directBoot } from './direct-boot';
import type { MpTableFacts } from './mp-table';

const SCI_IRQ = 9;
const SMI_COMMAND = 0xb2;
const HPET_GPA = 0xfed0_0000;
const GPE_BASE = 0xafe0;
const GPE_BYTES = 2;
/** RAM above this goes above 4 GiB, and then this much stays below. */
const LOW_RAM = { limit: 0xe000_0000, split: 0xc000_0000 } as const;
/** 10 ns, Intel, legacy replacement, 64 bits, three timers that can use I/O APIC pin 2. */
const HPET = { capabilities: 0x0098_9680_8086_a201n, timerCapabilities: 0x0000_0004_0000_0030n } as const;
const VGA_DEVICE = 2;
const ACPI_ENABLE = 0xf1;
const ACPI_DISABLE = 0xf0;
/** SLP_TYP values of the PIIX4's \_S5 and \_S4 as its DSDT gives them. */
const SLEEP_SOFT_OFF = 0;
const SLEEP_TO_DISK = 2;

/** QEMU's `pc` machine: i440FX and PIIX3 with the PIIX4's power management, firmware in flash. */
export class PcMachine extends PcBase {
  private readonly floppies: PcFloppies;
  private readonly disks: PcDisks;
  private readonly pm: AcpiPm;
  private readonly pmFunction: Piix4Pm;
  private readonly startKernel: (() => KernelStart) | undefined;
  /** A function of the configuration alone. */
  private started: KernelStart | undefined;

  /** @throws RangeError for sizes that the machine cannot have. */
  constructor(config: MachineConfig, trace: TraceSink) {
    super(config, trace, { layout: ramLayout(config.memoryBytes, LOW_RAM), hpet: HPET });
    const { chips } = this;
    this.disks = new PcDisks(this, config, [chips.input(14), chips.input(15)]);
    this.floppies = new PcFloppies(this, config, chips.input(6), this.legacy.dma);
    this.pm = this.createPm();
    const pci = this.createPci(this.disks);
    this.pmFunction = pci.pm;
    this.startKernel = this.kernelStarter(pci);
    this.complete({
      product: 'i440FX PC',
      pci: pci.config,
      vgaDevice: VGA_DEVICE,
      geometries: diskGeometries(this.disks.disks),
      diskettes: this.floppies.types,
      toDisk: SLEEP_TO_DISK,
      acpi: config.acpi ? tablesOf(() => this.acpiFacts(), pcAcpi) : undefined,
    });
  }

  protected override floppyDrives(): PcFloppies {
    return this.floppies;
  }

  protected override discDrive(): AtapiCdrom | undefined {
    return this.disks.discDrive;
  }

  /** How a kernel is entered that needs no firmware; undefined: the boot processor starts at the reset vector. */
  private kernelStarter(pci: PciChips): (() => KernelStart) | undefined {
    const { core, memory, bus, map, config } = this;
    const { kernel } = config;
    if (!kernel) return undefined;
    const entry = kernelEntryOf(kernel);
    if (entry === 'linux16') return undefined;
    const tables = config.acpi ? () => pcAcpi(this.acpiFacts()) : undefined;
    const { physicalAddressBits } = this.cpuModel;
    const writeMsr = (msr: number, value: bigint): void => {
      for (let vcpu = 0; vcpu < core.vcpus; vcpu++) this.msrs.write(vcpu, msr, value);
    };
    const host = {
      core,
      memory,
      bus,
      writeMsr,
      physicalAddressBits,
      uarts: config.uarts ?? 1,
      printer: config.printer ?? false,
      pci: pci.config,
      layout: map.layout,
      tables,
      multiprocessor: config.apic ? this.multiprocessor() : undefined,
    };
    return () => directBoot({ ...host, vga: this.display?.vga }, kernel, entry);
  }

  private multiprocessor(): Omit<MpTableFacts, 'pci'> {
    const id = this.processorId();
    return {
      apicIds: Array.from({ length: this.config.vcpus }, (_, vcpu) => this.cpuModel.apicId(vcpu)),
      ioApicId: IO_APIC_ID,
      signature: Number(id & 0xffff_ffffn),
      features: Number(id >> 32n),
    };
  }

  protected override powerOn(): void {
    super.powerOn();
    this.started = this.startKernel?.();
  }

  override kernelStart(): KernelStart | undefined {
    return this.started ?? super.kernelStart();
  }

  /** Firmware's ACPI switch, and an SMI when the PIIX4 makes one of APM writes: it reaches the boot processor, as in QEMU. */
  private apmWritten(value: number): void {
    if (value === ACPI_ENABLE) this.pm.setSciEnabled(true);
    else if (value === ACPI_DISABLE) this.pm.setSciEnabled(false);
    if (this.pmFunction.apmcEnabled) this.vcpus.smi(0);
  }

  private createPm(): AcpiPm {
    const sci = sciLine(this, this.chips, SCI_IRQ);
    const pm = this.register(
      new AcpiPm({
        name: 'acpi-pm',
        clock: this.clock,
        bus: this.bus,
        sci: sci.input(),
        timerBits: 24,
        sleep: (type) => {
          if (type === SLEEP_SOFT_OFF || type === SLEEP_TO_DISK)
            this.requestShutdown(type === SLEEP_SOFT_OFF ? 'acpi-s5' : 'acpi-s4', type);
        },
      }),
    );
    const command = this.register(new SmiCommand('smi-command', (value) => this.apmWritten(value)));
    const gpe = this.register(new AcpiGpe('acpi-gpe', GPE_BASE, GPE_BYTES, sci.input()));
    for (const device of [command, gpe]) this.bus.addPorts(device);
    return pm;
  }

  private createPci(disks: PcDisks): PciChips {
    const { pm } = this;
    return new PciChips(this, this.chips, disks, {
      swizzle: (device, pin) => (pin + device - 1) & 3,
      host: { pam: this.map.pam, smram: this.map.smram },
      pm: { mapPm: (base) => pm.setBase(base ?? -1) },
    });
  }

  private acpiFacts(): PcAcpiOptions {
    const { config, map, cpuModel } = this;
    return {
      vcpus: config.vcpus,
      uarts: config.uarts ?? 1,
      printer: config.printer ?? false,
      apicId: (vcpu) => cpuModel.apicId(vcpu),
      below4GiB: map.layout.below4GiB,
      above4GiB: map.layout.above4GiB,
      physicalAddressBits: cpuModel.physicalAddressBits,
      apic: config.apic,
      hpet: config.apic ? { gpa: HPET_GPA, eventTimerBlock: Number(HPET.capabilities & 0xffff_ffffn) } : undefined,
      sciIrq: SCI_IRQ,
      pmBase: Math.max(0, this.pm.state.base),
      smiCommand: SMI_COMMAND,
      acpiEnable: ACPI_ENABLE,
      acpiDisable: ACPI_DISABLE,
      gpeBase: GPE_BASE,
      gpeBytes: 2 * GPE_BYTES,
      softOff: SLEEP_SOFT_OFF,
    };
  }
}
