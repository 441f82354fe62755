import type { Picture } from '../../../quantities/picture';
import { GIB } from '../../../quantities/units';
import type { TraceSink } from '../../../trace/sink';
import type { AccessSize } from '../../bus/types';
import { DebugConsole } from '../../devices/debug-console';
import { FwCfg, type FwCfgFile } from '../../devices/fw-cfg/fw-cfg';
import type { PciConfigMechanism } from '../../devices/pci/config-mechanism';
import { PciBridge } from '../../devices/pci/pci-bridge';
import { type FirmwareKernel, firmwareKernel } from '../../loaders/kernel/firmware-kernel';
import type { KernelStart, MachineConfig } from '../../types';
import { type CmosBytes, type DiskGeometry, putBootOrder, putCpuCount, putDisks, putEquipment, putMemorySize } from '../chipset/cmos';
import { LegacyPorts } from '../chipset/legacy-ports';
import type { Operator } from '../chipset/operator';
import { PcInterrupts } from '../chipset/pc-interrupts';
import { plugNetworks } from '../chipset/networks';
import { plugVirtioDisks } from '../chipset/virtio-disks';
import { plugVga, type VgaChips } from '../chipset/pci-chips';
import { PcTimers } from '../chipset/timers';
import { apicFeatures, apicRegisters } from '../apic-features';
import { cpuid, osxsaveOf } from '../cpu-model/cpuid';
import { type CpuModel, configuredCpu, modelMsrs } from '../cpu-model/models';
import { MachineBase } from '../machine-base';
import { MsrFile } from '../msr/msr-file';
import type { TableFiles } from '../acpi/table-set';
import { firmwareConfig } from './firmware-config';
import { type BoardFlash, boardFlash } from './flash';
import { PcMemoryMap, type RamLayout } from './memory-map';

const PHYSICAL_ADDRESS_BITS = 40;
const APIC_BUS_HZ = 1_000_000_000;
/** ExtINT, unmasked: the 8259A pair reaches the BSP although no firmware has touched its local APIC. */
const LINT0_EXTINT = 0x700;
const IO_APIC_PINS = 24;
/** The ICH9's; QEMU's `pc` has it too. */
const IO_APIC_VERSION = 0x20;
const DEBUG_PORT = 0x402;
const CR8_REGISTER = 8;
/** Behind the slots of virtio disks. */
const BRIDGE_DEVICE = 18;

/** What the boards differ in. */
export interface BoardOptions {
  readonly layout: RamLayout;
  /** Capability register and timer configuration of the HPET at reset. */
  readonly hpet: { readonly capabilities: bigint; readonly timerCapabilities: bigint };
}

/** What a board tells its firmware of the rest of itself. */
export interface BoardParts {
  /** What SMBIOS calls the board. */
  readonly product: string;
  readonly pci: PciConfigMechanism;
  /** Slot of the display adapter; network cards follow. */
  readonly vgaDevice: number;
  readonly geometries: readonly (DiskGeometry | undefined)[];
  /** Types of the diskette drives, as CMOS has them. */
  readonly diskettes: readonly number[];
  /** SLP_TYP of S4. */
  readonly toDisk: number;
  /** The ACPI tables for where the chipset decodes now; absent: firmware builds its own. */
  readonly acpi: (() => TableFiles) | undefined;
  /** Firmware configuration files of the board's own. */
  readonly files?: readonly (readonly [name: string, file: FwCfgFile])[];
}

/** A PC as QEMU builds it: CPUs, RAM, flash, interrupt path, timers and legacy ports. Boards add their chipset and call `complete`. */
export abstract class PcBase extends MachineBase {
  private readonly flash: BoardFlash;
  protected readonly map: PcMemoryMap;
  protected readonly chips: PcInterrupts;
  protected readonly legacy: LegacyPorts;
  private readonly timers: PcTimers;
  protected readonly msrs: MsrFile;
  protected readonly cpuModel: CpuModel;
  protected display: VgaChips | undefined;
  /** A kernel that firmware starts. */
  private firmwareKernel: FirmwareKernel | undefined;

  /** @throws RangeError for sizes that the machine cannot have. */
  protected constructor(config: MachineConfig, trace: TraceSink, { layout, hpet }: BoardOptions) {
    checkConfig(config);
    const model = configuredCpu(config);
    super(config, trace, { ...model, physicalAddressBits: PHYSICAL_ADDRESS_BITS });
    this.cpuModel = {
      ...model,
      physicalAddressBits: PHYSICAL_ADDRESS_BITS,
      vcpus: config.vcpus,
      apic: config.apic,
      hypervisor: false,
      apicId: (vcpu) => vcpu,
    };
    this.flash = boardFlash(this, config.firmware, () => this.isFlashWritable());
    this.map = this.register(new PcMemoryMap(this.memory, layout, this.flash.code));
    this.chips = new PcInterrupts(this, {
      apic: config.apic,
      hasSmm: true,
      apicId: (vcpu) => vcpu,
      apicFeatures: apicFeatures(this, model.features2, config.tscKhz),
      apicBusHz: APIC_BUS_HZ,
      lint0AtReset: LINT0_EXTINT,
      ioApicPins: IO_APIC_PINS,
      ioApicVersion: IO_APIC_VERSION,
      physicalAddressBits: PHYSICAL_ADDRESS_BITS,
    });
    this.interrupts = this.chips;
    this.msrs = this.register(
      new MsrFile({
        vcpus: config.vcpus,
        physicalAddressBits: PHYSICAL_ADDRESS_BITS,
        tscKhz: config.tscKhz,
        apic: apicRegisters(this.chips.localApics),
        ...modelMsrs(model, this.core),
      }),
    );
    this.timers = new PcTimers(this, this.chips, {
      rtcSeconds: config.rtcSeconds,
      sunday: 1,
      periodicFlagNeedsEnable: false,
      extendedCmos: true,
      hpet: config.apic ? hpet : undefined,
    });
    this.legacy = new LegacyPorts(this, this.chips, config);
  }

  /** Once the board's chips are there: display, cards, firmware configuration, CMOS, power-on. */
  protected complete({ pci, vgaDevice, geometries, diskettes, product, toDisk, acpi, files = [] }: BoardParts): void {
    const { config, map } = this;
    this.display = config.vga === 'none' ? undefined : plugVga(this, pci, vgaDevice, { kind: config.vga, rom: config.firmware.vgaRom });
    const slots = config.pciBridge ? this.plugBridge(pci) : pci;
    plugNetworks(this, slots, config.networks, { firstDevice: vgaDevice + 1, romPages: true, message: this.chips.message });
    plugVirtioDisks(this, slots, config, this.chips.message);
    this.bus.addPorts(new DebugConsole(DEBUG_PORT, true, this.trace));
    const { kernel } = config;
    this.firmwareKernel = kernel?.entry === 'linux16' ? firmwareKernel(kernel, map.layout.below4GiB) : undefined;
    const facts = { product, layout: map.layout, toDisk, processorId: this.processorId(), acpi, files, kernel: this.firmwareKernel };
    this.bus.addPorts(this.register(new FwCfg(firmwareConfig(config, facts), this.memory)));
    const cmos: CmosBytes = new Map();
    putMemorySize(cmos, map.layout.below4GiB, map.layout.above4GiB);
    putCpuCount(cmos, config.vcpus);
    putEquipment(cmos, diskettes);
    putBootOrder(cmos, config.boot);
    putDisks(cmos, geometries);
    for (const [at, value] of cmos) this.timers.rtc.setByte(at, value);
    this.powerOn();
  }

  private plugBridge(pci: PciConfigMechanism): PciBridge {
    const bridge = this.register(new PciBridge('pci-bridge'));
    pci.add(BRIDGE_DEVICE, 0, bridge);
    return bridge;
  }

  override kernelStart(): KernelStart | undefined {
    return this.firmwareKernel?.start;
  }

  /** Whether the variables' flash chip takes writes now; a board may keep it for SMM. */
  protected isFlashWritable(): boolean {
    return true;
  }

  variableStore(): Uint8Array | undefined {
    const { variables } = this.flash;
    return variables?.read(0, variables.sizeBytes);
  }

  /** CPUID leaf 1, EAX and EDX. */
  protected processorId(): bigint {
    const leaf1 = new Uint32Array(4);
    cpuid(this.cpuModel, { vcpu: 0, apicEnabled: this.config.apic, osxsave: false }, 1, 0, leaf1);
    return BigInt(leaf1[0]!) | (BigInt(leaf1[3]!) << 32n);
  }

  protected powerOn(): void {
    for (let vcpu = 0; vcpu < this.core.vcpus; vcpu++) this.core.reset(vcpu, vcpu === 0);
  }

  cpuid(leaf: number, subleaf: number, out: Uint32Array): void {
    const vcpu = this.core.current;
    const moment = {
      vcpu,
      apicEnabled: this.chips.apicEnabled(vcpu),
      osxsave: osxsaveOf(this.core),
      monitorOff: !this.msrs.monitorEnabled(vcpu),
    };
    cpuid(this.cpuModel, moment, leaf, subleaf, out);
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

  protected operator(): Operator {
    return this.legacy.operator;
  }

  textScreen(): readonly string[] | undefined {
    return this.display?.screen.lines();
  }

  picture(): Picture | undefined {
    return this.display?.picture();
  }
}

const MIN_RAM_BYTES = 0x10_0000;
const MAX_FLASH_BYTES = 0x100_0000;

function checkConfig({ platform, memoryBytes, vcpus, firmware }: MachineConfig): void {
  if (memoryBytes % 4096 !== 0 || memoryBytes < MIN_RAM_BYTES || memoryBytes > 2 ** (PHYSICAL_ADDRESS_BITS - 1)) {
    throw new RangeError(
      `a ${platform} has between 1 MiB and ${2 ** (PHYSICAL_ADDRESS_BITS - 1) / GIB} GiB of RAM in whole pages, not ${memoryBytes} bytes`,
    );
  }
  if (vcpus < 1 || vcpus > 255) throw new RangeError(`a ${platform} has 1 to 255 vCPUs, not ${vcpus}`);
  const { bios, flash } = firmware;
  const length = bios.length + (flash?.variables?.length ?? 0);
  if (bios.length === 0 || length > MAX_FLASH_BYTES) {
    throw new RangeError(`a ${platform}'s flash images have 1 byte to 16 MiB, not ${length} bytes`);
  }
}
