import { GIB } from '../../../quantities/units';
import type { TraceSink } from '../../../trace/sink';
import type { SharedLine } from '../../bus/line';
import type { AccessSize } from '../../bus/types';
import { AcpiGpe } from '../../devices/acpi-gpe';
import { AcpiPm } from '../../devices/acpi-pm';
import { DebugConsole } from '../../devices/debug-console';
import { FwCfg, type FwCfgContents } from '../../devices/fw-cfg/fw-cfg';
import { SmiCommand } from '../../devices/smi-command';
import { textScreen } from '../../devices/vga/text-screen';
import type { MachineConfig } from '../../types';
import type { TableFiles } from '../acpi/table-set';
import { type CmosBytes, putBootOrder, putCpuCount, putDisks, putEquipment, putMemorySize } from '../chipset/cmos';
import { diskGeometries } from '../chipset/disk-geometry';
import { LegacyPorts } from '../chipset/legacy-ports';
import { PcDisks } from '../chipset/pc-disks';
import { PcFloppies } from '../chipset/pc-floppies';
import { PcInterrupts } from '../chipset/pc-interrupts';
import { PciChips, plugVga, sciLine, type VgaChips } from '../chipset/pci-chips';
import { PcTimers } from '../chipset/timers';
import { DEFAULT_FEATURES, type CpuModel, cpuid } from '../cpu-model';
import { MachineBase } from '../machine-base';
import { MsrFile } from '../msr-file';
import { pcAcpi } from './acpi';
import { firmwareConfig } from './firmware-config';
import { PcMemoryMap, ramLayout } from './memory-map';

const PHYSICAL_ADDRESS_BITS = 40;
const APIC_BUS_HZ = 1_000_000_000;
/** ExtINT, unmasked: the 8259A pair reaches the BSP although no firmware has touched its local APIC. */
const LINT0_EXTINT = 0x700;
const IO_APIC_PINS = 24;
const SCI_IRQ = 9;
const SMI_COMMAND = 0xb2;
const HPET_GPA = 0xfed0_0000;
const GPE_BASE = 0xafe0;
const GPE_BYTES = 2;
const DEBUG_PORT = 0x402;
/** 10 ns, Intel, legacy replacement, 64 bits, three timers that can use I/O APIC pin 2. */
const HPET = { capabilities: 0x0098_9680_8086_a201n, timerCapabilities: 0x0000_0004_0000_0030n } as const;
const ACPI_ENABLE = 0xf1;
const ACPI_DISABLE = 0xf0;
/** SLP_TYP values of the PIIX4's \_S5 and \_S4 as its DSDT gives them. */
const SLEEP_SOFT_OFF = 0;
const SLEEP_TO_DISK = 2;
const CR8_REGISTER = 8;

/** QEMU's `pc` machine: i440FX and PIIX3 with the PIIX4's power management, firmware in flash. */
export class PcMachine extends MachineBase {
  private readonly map: PcMemoryMap;
  private readonly msrs: MsrFile;
  private readonly cpuModel: CpuModel;
  private readonly display: VgaChips | undefined;
  private readonly chips: PcInterrupts;
  private readonly pm: AcpiPm;

  /** @throws RangeError for sizes that the machine cannot have. */
  constructor(config: MachineConfig, trace: TraceSink) {
    checkConfig(config);
    super(config, trace, { features: DEFAULT_FEATURES, physicalAddressBits: PHYSICAL_ADDRESS_BITS });
    this.cpuModel = {
      features: DEFAULT_FEATURES,
      features2: 0,
      physicalAddressBits: PHYSICAL_ADDRESS_BITS,
      vcpus: config.vcpus,
      apic: config.apic,
      hypervisor: false,
      apicId: (vcpu) => vcpu,
    };
    this.map = this.register(new PcMemoryMap(this.memory, config.memoryBytes, config.firmware.bios));
    const interrupts = new PcInterrupts(this, {
      apic: config.apic,
      apicId: (vcpu) => vcpu,
      apicBusHz: APIC_BUS_HZ,
      lint0AtReset: LINT0_EXTINT,
      ioApicPins: IO_APIC_PINS,
      physicalAddressBits: PHYSICAL_ADDRESS_BITS,
    });
    this.chips = interrupts;
    this.interrupts = interrupts;
    this.msrs = this.register(
      new MsrFile({
        vcpus: config.vcpus,
        physicalAddressBits: PHYSICAL_ADDRESS_BITS,
        tscKhz: config.tscKhz,
        apicBase: interrupts.apicBase,
      }),
    );
    const timers = new PcTimers(this, interrupts, {
      rtcSeconds: config.rtcSeconds,
      sunday: 1,
      periodicFlagNeedsEnable: false,
      extendedCmos: true,
      hpet: config.apic ? HPET : undefined,
    });
    const disks = new PcDisks(this, config, [interrupts.input(14), interrupts.input(15)]);
    const { dma } = new LegacyPorts(this, interrupts);
    const floppies = new PcFloppies(this, config, interrupts.input(6), dma);
    const sci = sciLine(this, interrupts, SCI_IRQ);
    this.pm = this.createPm(sci);
    const pci = this.createPci(interrupts, disks);
    this.display = config.vga === 'none' ? undefined : plugVga(this, pci.config, 2, { kind: config.vga, rom: config.firmware.vgaRom });
    this.bus.addPorts(new DebugConsole(DEBUG_PORT, true, trace));
    this.bus.addPorts(this.register(new FwCfg(this.firmwareConfig(), this.memory)));
    for (const [at, value] of cmosBytes(config, disks, floppies)) timers.rtc.setByte(at, value);
    this.powerOn();
  }

  private createPm(sci: SharedLine): AcpiPm {
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
    const command = this.register(
      new SmiCommand('smi-command', (value) => {
        if (value === ACPI_ENABLE) pm.setSciEnabled(true);
        else if (value === ACPI_DISABLE) pm.setSciEnabled(false);
      }),
    );
    const gpe = this.register(new AcpiGpe('acpi-gpe', GPE_BASE, GPE_BYTES, sci.input()));
    for (const device of [command, gpe]) this.bus.addPorts(device);
    return pm;
  }

  private createPci(interrupts: PcInterrupts, disks: PcDisks): PciChips {
    const { pm } = this;
    return new PciChips(this, interrupts, disks, {
      swizzle: (device, pin) => (pin + device - 1) & 3,
      host: { pam: this.map.pam, smramOpen: this.map.smramOpen },
      // No SMM: firmware is told that SMIs are set up already.
      pm: { mapPm: (base) => pm.setBase(base ?? -1), apmcEnabled: true },
    });
  }

  private firmwareConfig(): FwCfgContents {
    const { config, map, cpuModel } = this;
    const leaf1 = new Uint32Array(4);
    cpuid(cpuModel, { vcpu: 0, apicEnabled: config.apic, osxsave: false }, 1, 0, leaf1);
    const acpi = (): TableFiles =>
      pcAcpi({
        vcpus: config.vcpus,
        apicId: (vcpu) => cpuModel.apicId(vcpu),
        below4GiB: map.layout.below4GiB,
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
      });
    return firmwareConfig(config, {
      layout: map.layout,
      toDisk: SLEEP_TO_DISK,
      processorId: BigInt(leaf1[0]!) | (BigInt(leaf1[3]!) << 32n),
      acpi: config.acpi ? acpi : undefined,
    });
  }

  protected powerOn(): void {
    for (let vcpu = 0; vcpu < this.core.vcpus; vcpu++) this.core.reset(vcpu, vcpu === 0);
  }

  cpuid(leaf: number, subleaf: number, out: Uint32Array): void {
    const vcpu = this.core.current;
    cpuid(this.cpuModel, { vcpu, apicEnabled: this.chips.apicEnabled(vcpu), osxsave: false }, leaf, subleaf, out);
  }

  readMsr(msr: number): bigint | undefined {
    return this.msrs.read(this.core.current, msr);
  }

  writeMsr(msr: number, value: bigint): boolean {
    return this.msrs.write(this.core.current, msr, value);
  }

  override writeMmio(gpa: number, size: AccessSize, value: number): void {
    if (!this.map.writeThrough(gpa, size, value)) super.writeMmio(gpa, size, value);
  }

  override controlRegister(register: number, before: bigint, after: bigint): void {
    if (register === CR8_REGISTER) this.chips.setTaskPriority(this.core.current, Number(after & 0xfn));
    super.controlRegister(register, before, after);
  }

  textScreen(): string[] | undefined {
    return this.display && textScreen(this.display.vga.state, this.display.videoMemory);
  }
}

function cmosBytes(config: MachineConfig, disks: PcDisks, floppies: PcFloppies): CmosBytes {
  const bytes: CmosBytes = new Map();
  const { below4GiB, above4GiB } = ramLayout(config.memoryBytes);
  putMemorySize(bytes, below4GiB, above4GiB);
  putCpuCount(bytes, config.vcpus);
  putEquipment(bytes, floppies.types);
  putBootOrder(bytes, config.boot);
  putDisks(bytes, diskGeometries(disks));
  return bytes;
}

const MIN_RAM_BYTES = 0x10_0000;
const MAX_FLASH_BYTES = 0x100_0000;

function checkConfig({ memoryBytes, vcpus, firmware }: MachineConfig): void {
  if (memoryBytes % 4096 !== 0 || memoryBytes < MIN_RAM_BYTES || memoryBytes > 2 ** (PHYSICAL_ADDRESS_BITS - 1)) {
    throw new RangeError(
      `a pc has between 1 MiB and ${2 ** (PHYSICAL_ADDRESS_BITS - 1) / GIB} GiB of RAM in whole pages, not ${memoryBytes} bytes`,
    );
  }
  if (vcpus < 1 || vcpus > 255) throw new RangeError(`a pc has 1 to 255 vCPUs, not ${vcpus}`);
  const { length } = firmware.bios;
  if (length === 0 || length > MAX_FLASH_BYTES) throw new RangeError(`a pc's flash image has 1 byte to 16 MiB, not ${length} bytes`);
}
