/** The emulated devices of an HVM guest: Xen's own chips and those of qemu-xen's `xenfv` machine, with the guest's disks. */
import { GIB } from '../../../quantities/units';
import type { Line } from '../../bus/types';
import { AcpiGpe } from '../../devices/acpi-gpe';
import { AcpiPm } from '../../devices/acpi-pm';
import { FwCfg } from '../../devices/fw-cfg/fw-cfg';
import { XenPlatformDevice } from '../../devices/pci/xen-platform';
import { SmiCommand } from '../../devices/smi-command';
import { type FirmwareKernel, firmwareKernel } from '../../loaders/kernel/firmware-kernel';
import type { MachineConfig } from '../../types';
import { apicFeatures } from '../apic-features';
import { ahciDisks } from '../chipset/ahci-disks';
import type { ChipsetHost } from '../chipset/chipset-host';
import { putBootOrder, putCpuCount, putDisks, putEquipment, putMemorySize } from '../chipset/cmos';
import type { CmosBytes } from '../chipset/cmos';
import { diskGeometries } from '../chipset/disk-geometry';
import { LegacyPorts } from '../chipset/legacy-ports';
import type { Operator } from '../chipset/operator';
import { PcDisks } from '../chipset/pc-disks';
import { PcFloppies } from '../chipset/pc-floppies';
import { PcInterrupts } from '../chipset/pc-interrupts';
import { plugNetworks } from '../chipset/networks';
import { PciChips, plugVga, sciLine } from '../chipset/pci-chips';
import type { VgaChips } from '../chipset/pci-chips';
import { PcTimers } from '../chipset/timers';
import type { MemoryLayout } from './builder/layout';
import { XenDebugPort } from './debug-port';
import { xenFirmwareConfig } from './firmware-config';
import { guestCpu } from './guest-cpu';
import type { P2m } from './p2m';
import { PciGsiRouter, xenPirq } from './pci-gsi';
import { XenPmPorts } from './pm-ports';
import { XenVideoMemory } from './video-memory';

export const PHYSICAL_ADDRESS_BITS = 40;
/** Xen's local APIC timers count 10 ns. */
export const APIC_BUS_HZ = 100_000_000;
const LVT_MASKED = 0x1_0000;
const IO_APIC_PINS = 48;
const IO_APIC_VERSION = 0x11;
/** 16 ns, Intel, legacy replacement, 64 bits, three timers that can use I/O APIC pins 20-23. */
const HPET = { capabilities: 0x00f4_2400_8086_a201n, timerCapabilities: 0x00f0_0000_0000_0030n } as const;
const SCI_IRQ = 9;
const GPE_BASE = 0xafe0;
const GPE_BYTES = 2;
const ACPI_ENABLE = 0xf1;
const ACPI_DISABLE = 0xf0;
const PLATFORM_SLOT = 2;
const VGA_SLOT = 3;
/** SLP_TYP of the PIIX4 as QEMU has them. */
const SLEEP_SOFT_OFF = 0;
const SLEEP_SUSPEND = 1;
const SHUTDOWN_POWEROFF = 0;
const SHUTDOWN_SUSPEND = 2;

/** Local APIC IDs are even. */
export function apicIdOf(vcpu: number): number {
  return vcpu * 2;
}

export class XenDevices {
  readonly interrupts: PcInterrupts;
  readonly timers: PcTimers;
  readonly disks: PcDisks;
  readonly legacy: LegacyPorts;
  /** qemu-xen has the controller only when there is a diskette. */
  readonly floppies: PcFloppies | undefined;
  readonly pci: PciChips;
  readonly pmPorts: XenPmPorts;
  readonly display: VgaChips | undefined;
  /** A kernel that firmware starts. */
  readonly kernel: FirmwareKernel | undefined;
  private readonly isaLines: readonly Line[];

  constructor(host: ChipsetHost, config: MachineConfig, layout: MemoryLayout, p2m: P2m) {
    this.interrupts = new PcInterrupts(host, {
      apic: true,
      hasSmm: false,
      apicId: apicIdOf,
      apicFeatures: apicFeatures(host, guestCpu(config).features2, config.tscKhz),
      apicBusHz: APIC_BUS_HZ,
      lint0AtReset: LVT_MASKED,
      ioApicPins: IO_APIC_PINS,
      ioApicVersion: IO_APIC_VERSION,
      physicalAddressBits: PHYSICAL_ADDRESS_BITS,
      // Xen resets nothing of a vCPU that has never come up (vlapic_accept_irq).
      ignoresInit: (vcpu) => host.core.activity(vcpu) === 'wait-for-sipi',
    });
    this.isaLines = Array.from({ length: 16 }, (_, irq) => this.interrupts.input(irq));
    this.timers = new PcTimers(host, this.interrupts, {
      rtcSeconds: config.rtcSeconds,
      sunday: 0,
      periodicFlagNeedsEnable: true,
      extendedCmos: false,
      hpet: HPET,
    });
    const hasAhci = config.hdtype === 'ahci';
    this.disks = new PcDisks(host, hasAhci ? { ...config, disks: {} } : config, [this.interrupts.input(14), this.interrupts.input(15)]);
    this.legacy = new LegacyPorts(host, this.interrupts);
    this.floppies = config.floppies && new PcFloppies(host, config, this.interrupts.input(6), this.legacy.dma);
    const sci = sciLine(host, this.interrupts, SCI_IRQ);
    const pm = host.register(
      new AcpiPm({
        name: 'acpi-pm',
        clock: host.clock,
        bus: host.bus,
        sci: sci.input(),
        timerBits: 32,
        sleep: (type) => sleep(host, type),
      }),
    );
    this.pmPorts = host.register(new XenPmPorts(host.bus, pm));
    this.pmPorts.restored();
    const command = host.register(
      new SmiCommand('smi-command', (value) => {
        if (value === ACPI_ENABLE) pm.setSciEnabled(true);
        else if (value === ACPI_DISABLE) pm.setSciEnabled(false);
      }),
    );
    const gpe = host.register(new AcpiGpe('acpi-gpe', GPE_BASE, GPE_BYTES, sci.input()));
    for (const device of [command, gpe, new XenDebugPort(host.trace)]) host.bus.addPorts(device);
    const gsis = host.register(new PciGsiRouter((gsi) => this.interrupts.ioApicInput(gsi)));
    this.pci = new PciChips(host, this.interrupts, this.disks, {
      swizzle: xenPirq,
      alsoTo: gsis.setPin,
      // There is no PAM on Xen: C0000h-FFFFFh is always the guest's RAM.
      host: { pam: () => undefined, smram: () => undefined },
      pm: { mapPm: (base) => this.pmPorts.pmBaseChanged(base) },
    });
    this.plugPlatformDevice(host);
    this.display = plugDisplay(host, config, layout, p2m, this.pci);
    this.kernel = config.kernel && firmwareKernel(config.kernel, layout.lowmemEnd);
    if (this.kernel) host.bus.addPorts(host.register(new FwCfg(xenFirmwareConfig(config, this.kernel), host.memory)));
    plugNetworks(host, this.pci.config, config.networks, { firstDevice: VGA_SLOT + 1, romPages: false, message: this.interrupts.message });
    if (hasAhci) {
      const { pciFunction } = ahciDisks(host, { disks: config.disks }, this.interrupts.message);
      this.pci.config.add(VGA_SLOT + 1 + (config.networks ?? []).length, 0, pciFunction);
    }
    for (const [at, value] of cmosBytes(config, layout, this.disks, this.floppies?.types ?? [])) this.timers.rtc.setByte(at, value);
  }

  private plugPlatformDevice(host: ChipsetHost): void {
    const device = host.register(new XenPlatformDevice(host.bus, { unplug: (mask) => this.disks.unplug(mask), log: () => undefined }));
    this.pci.config.add(PLATFORM_SLOT, 0, device);
    host.bus.addPorts(device);
  }

  readonly setPciPin = (device: number, pin: number, level: boolean): void => this.pci.setPin(device, pin, level);
  readonly movePmPorts = (location: 0 | 1): void => this.pmPorts.move(location);

  get operator(): Operator {
    return this.legacy.operator;
  }

  /** Global system interrupts as an event channel callback drives them: ISA interrupts reach the 8259As as well. */
  gsi(gsi: number): Line {
    return this.isaLines[gsi] ?? this.interrupts.ioApicInput(gsi);
  }
}

function sleep(host: ChipsetHost, type: number): void {
  if (type === SLEEP_SUSPEND) host.requestShutdown('acpi-s3', SHUTDOWN_SUSPEND);
  else host.requestShutdown(type === SLEEP_SOFT_OFF ? 'acpi-s5' : 'acpi-s4', SHUTDOWN_POWEROFF);
}

function plugDisplay(host: ChipsetHost, config: MachineConfig, layout: MemoryLayout, p2m: P2m, pci: PciChips): VgaChips | undefined {
  if (config.vga === 'none') return undefined;
  const memory = new XenVideoMemory(layout.videoBytes, layout.vramGfn, host.memory, p2m, host.bus, config.vga === 'stdvga');
  return plugVga(host, pci.config, VGA_SLOT, { kind: config.vga, rom: config.firmware.vgaRom, memory });
}

/** What QEMU leaves in CMOS; hvmloader writes the memory sizes again. */
function cmosBytes(config: MachineConfig, layout: MemoryLayout, disks: PcDisks, floppies: readonly number[]): CmosBytes {
  const bytes: CmosBytes = new Map();
  putMemorySize(bytes, layout.lowmemEnd, Math.max(0, layout.highmemEnd - 4 * GIB));
  putCpuCount(bytes, config.vcpus);
  putEquipment(bytes, floppies);
  putBootOrder(bytes, config.boot);
  putDisks(bytes, diskGeometries(disks.disks));
  return bytes;
}
