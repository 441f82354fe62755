import type { TraceSink } from '../../../trace/sink';
import type { AtapiCdrom } from '../../devices/ata/atapi-cdrom';
import { EcamWindow } from '../../devices/pci/ecam';
import { Q35Mch } from '../../devices/pci/q35-mch';
import type { MachineConfig } from '../../types';
import { tablesOf } from '../acpi/table-set';
import { diskGeometries } from '../chipset/disk-geometry';
import { PcFloppies } from '../chipset/pc-floppies';
import { QEMU_SUBSYSTEM } from '../chipset/pci-chips';
import { ramLayout } from '../pc/memory-map';
import { PcBase } from '../pc/pc-base';
import { q35Acpi, type Q35AcpiOptions } from './acpi';
import { Ich9 } from './ich9';

/** From this much RAM on, 2 GiB stay below 4 GiB. */
const LOW_RAM = { limit: 0xaff0_0000, split: 0x8000_0000 } as const;
/** As on the pc, and timers may use any I/O APIC pin from 16 to 23 too. */
const HPET = { capabilities: 0x0098_9680_8086_a201n, timerCapabilities: 0x00ff_0104_0000_0030n } as const;
const HPET_GPA = 0xfed0_0000;
const VGA_DEVICE = 1;
/** SLP_TYP of \_S4 that firmware's own DSDT is to have. */
const SLEEP_TO_DISK = 2;

/** QEMU's `q35` machine: MCH and ICH9, disks on AHCI, configuration space in memory. */
export class Q35Machine extends PcBase {
  private readonly mch: Q35Mch;
  private readonly floppies: PcFloppies | undefined;
  private readonly cdrom: AtapiCdrom | undefined;

  /** @throws RangeError for sizes that the machine cannot have. */
  constructor(config: MachineConfig, trace: TraceSink) {
    super(config, trace, { layout: ramLayout(config.memoryBytes, LOW_RAM), hpet: HPET });
    const hub = new Ich9(this, this.chips, config);
    this.cdrom = hub.discDrive;
    const ecam = new EcamWindow(this.bus, hub.config);
    this.mch = this.register(new Q35Mch({ pam: this.map.pam, smram: this.map.smram, ecam: ecam.moveTo }, QEMU_SUBSYSTEM));
    hub.config.add(0, 0, this.mch);
    this.floppies = config.floppies && new PcFloppies(this, config, this.chips.input(6), this.legacy.dma);
    this.complete({
      product: 'Q35 PC',
      pci: hub.config,
      vgaDevice: VGA_DEVICE,
      geometries: diskGeometries(hub.disks),
      diskettes: this.floppies?.types ?? [],
      toDisk: SLEEP_TO_DISK,
      acpi: config.acpi ? tablesOf(() => this.acpiFacts(hub), q35Acpi) : undefined,
      files: hub.smiFeatures.files,
    });
  }

  protected override floppyDrives(): PcFloppies | undefined {
    return this.floppies;
  }

  protected override discDrive(): AtapiCdrom | undefined {
    return this.cdrom;
  }

  private acpiFacts(hub: Ich9): Q35AcpiOptions {
    const { config, map, cpuModel, mch } = this;
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
      ecam: mch.ecam,
      pmBase: Math.max(0, hub.pm.state.base),
    };
  }

  /** Once firmware has locked SMRAM, its variables are SMM's. */
  protected override isFlashWritable(): boolean {
    return !this.mch.state.smramLocked || this.core.inSmm;
  }
}
