import type { Picture } from '../../../quantities/picture';
import { SharedLine } from '../../bus/line';
import { PciConfigMechanism } from '../../devices/pci/config-mechanism';
import { I440Fx, type I440FxWiring } from '../../devices/pci/i440fx';
import type { PciFunction } from '../../devices/pci/pci-function';
import { Piix3Ide } from '../../devices/pci/piix3-ide';
import { Piix3Isa } from '../../devices/pci/piix3-isa';
import { Piix4Pm, type Piix4PmWiring } from '../../devices/pci/piix4-pm';
import { PirqRouter } from '../../devices/pci/pirq-router';
import { CirrusVgaFunction } from '../../devices/pci/cirrus-vga';
import { StdVgaFunction } from '../../devices/pci/std-vga';
import type { Stateful } from '../../bus/types';
import type { VideoMemory } from '../../devices/vga/state';
import { paint } from '../../devices/vga/picture';
import { TextScreen } from '../../devices/vga/text-screen';
import { CirrusVga } from '../../devices/vga/cirrus';
import { edid } from '../../devices/vga/edid';
import { Vga } from '../../devices/vga/vga';
import type { ChipsetHost } from './chipset-host';
import type { PcDisks } from './pc-disks';
import type { PcInterrupts } from './pc-interrupts';
import { RomPages } from './rom-pages';
import { FrameVideoMemory } from './video-memory';

/** Subsystem ids that QEMU gives to its own PCI functions. */
export const QEMU_SUBSYSTEM = { vendorId: 0x1af4, id: 0x1100 } as const;
const VIDEO_MEMORY_BYTES = { stdvga: 0x100_0000, cirrus: 0x40_0000 } as const;

/** A bus that cards are plugged into. */
export interface PciSlots {
  add(device: number, fn: number, pciFunction: PciFunction): void;
}

export interface PciChipOptions {
  /** PIRQ line 0-3 of a slot's pin (0 = INTA). */
  readonly swizzle: (device: number, pin: number) => number;
  readonly host: I440FxWiring;
  readonly pm: Piix4PmWiring;
  /** Where else a slot's pin goes, beside its PIRQ line. */
  alsoTo?(device: number, pin: number, level: boolean): void;
}

/** Bus 0 with host bridge, ISA bridge, IDE and power management functions; platforms plug the rest in. */
export class PciChips {
  readonly config: PciConfigMechanism;
  readonly isa: Piix3Isa;
  readonly pm: Piix4Pm;
  /** Drives the INTx pin of a slot. */
  readonly setPin: (device: number, pin: number, level: boolean) => void;

  constructor(host: ChipsetHost, interrupts: PcInterrupts, disks: PcDisks, options: PciChipOptions) {
    // IRQ 0, 2, 8 and 13 have no PCI driver.
    const irqs = Array.from({ length: 16 }, (_, irq) => interrupts.input(irq));
    this.isa = host.register(new Piix3Isa(irqs, QEMU_SUBSYSTEM));
    const router = host.register(new PirqRouter(options.swizzle, (index, level) => this.isa.setPirq(index, level)));
    this.setPin = (device, pin, level) => {
      router.setPin(device, pin, level);
      options.alsoTo?.(device, pin, level);
    };
    this.config = host.register(new PciConfigMechanism(host.trace, this.setPin));
    this.pm = host.register(new Piix4Pm(options.pm, QEMU_SUBSYSTEM));
    this.config.add(0, 0, host.register(new I440Fx(options.host, QEMU_SUBSYSTEM)));
    this.config.add(1, 0, this.isa);
    this.config.add(1, 1, host.register(new Piix3Ide(host.bus, disks.busMaster, QEMU_SUBSYSTEM)));
    this.config.add(1, 3, this.pm);
    host.bus.addPorts(this.config);
  }
}

/** Video memory that shows as linear frame buffer where the guest wants it. */
export interface MappedVideoMemory extends VideoMemory, Stateful {
  readonly mapFrameBuffer: (base: number | undefined) => void;
}

export interface VgaChips {
  readonly vga: Vga;
  readonly screen: TextScreen;
  readonly picture: () => Picture | undefined;
}

/** A display adapter in a slot; `memory` when the platform has frames of its own for it. */
export function plugVga(
  host: ChipsetHost,
  config: PciConfigMechanism,
  device: number,
  options: { readonly kind: 'stdvga' | 'cirrus'; readonly rom: Uint8Array | undefined; readonly memory?: MappedVideoMemory },
): VgaChips {
  const { bus, clock } = host;
  const { kind, rom } = options;
  const videoMemory = host.register(options.memory ?? new FrameVideoMemory(VIDEO_MEMORY_BYTES[kind], host.memory, bus));
  const cirrus = kind === 'cirrus' ? host.register(new CirrusVga(clock, videoMemory)) : undefined;
  const vga = cirrus ?? host.register(new Vga(clock, videoMemory));
  bus.addPorts(vga);
  bus.addMmio(vga);
  // A platform with frames of its own traps the ROM.
  const romPages = rom && !options.memory ? host.register(new RomPages('vga-rom', rom, host.memory)) : undefined;
  const wiring = {
    bus,
    mapFrameBuffer: videoMemory.mapFrameBuffer,
    readRegister: (port: number) => vga.readRegister(port) ?? 0xff,
    writeRegister: (port: number, value: number) => void vga.writeRegister(port, value),
    rom,
    ...(romPages && { mapRom: romPages.moveTo }),
    subsystem: QEMU_SUBSYSTEM,
  };
  const card = cirrus
    ? new CirrusVgaFunction({ ...wiring, bltRegisters: cirrus.bltRegisters })
    : new StdVgaFunction({
        ...wiring,
        readDispi: (index: number) => vga.readDispi(index),
        writeDispi: (index: number, value: number) => vga.writeDispi(index, value),
        frameBufferBytes: videoMemory.sizeBytes,
        // QEMU's machine for Xen is of before the monitor's EDID.
        ...(options.memory ? {} : { edid: edid() }),
      });
  config.add(device, 0, host.register(card));
  return { vga, screen: new TextScreen(vga.state, videoMemory), picture: () => paint(vga.state, videoMemory) };
}

/** The SCI as an ISA interrupt with several drivers. */
export function sciLine(host: ChipsetHost, interrupts: PcInterrupts, irq: number): SharedLine {
  return host.register(new SharedLine('sci', interrupts.input(irq)));
}
