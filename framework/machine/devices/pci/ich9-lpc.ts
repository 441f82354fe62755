/**
 * The LPC bridge of the ICH9, 8086:2918, 00:1F.0 (datasheet 316972, chapter 13): PIRQ A-H to ISA interrupts, where the ACPI block, GPIO and
 * the chipset configuration registers decode. Not modelled: LPC decode ranges, serial interrupts, GPIO pins (registers keep what is
 * written).
 */
import type { Line } from '../../bus/types';
import { PciFunction, type PciFunctionState, type PciRegister } from './pci-function';

const PMBASE = 0x40;
const ACPI_CNTL = 0x44;
const ACPI_EN = 0x80;
const PIRQA_ROUT = 0x60;
const PIRQE_ROUT = 0x68;
const ROUTE_DISABLED = 0x80;
const GEN_PMCON_1 = 0xa0;
/** SMI_EN's global bit cannot be cleared any more. */
const SMI_LOCK = 0x10;
const RCBA = 0xf0;
const RCBA_EN = 0x01;
export const PIRQS = 8;
/** ISA interrupts that no PIRQ can be routed to. */
const UNUSABLE: readonly number[] = [0, 1, 2, 8, 13];

const REGISTERS: readonly PciRegister[] = [
  { offset: PMBASE, size: 4, reset: 1, writable: 0xff80 },
  { offset: ACPI_CNTL, size: 1, reset: 0, writable: 0x87 },
  { offset: 0x48, size: 4, reset: 1, writable: 0xff80 }, // GPIOBASE
  { offset: 0x4c, size: 1, reset: 0, writable: 0x11 }, // GC
  { offset: PIRQA_ROUT, size: 4, reset: 0x8080_8080, writable: 0x8f8f_8f8f },
  { offset: 0x64, size: 1, reset: 0x10, writable: 0xff }, // SIRQ_CNTL
  { offset: PIRQE_ROUT, size: 4, reset: 0x8080_8080, writable: 0x8f8f_8f8f },
  { offset: 0x80, size: 4, reset: 0, writable: 0x3f0f_1377 }, // LPC_I/O_DEC, LPC_EN
  { offset: 0x84, size: 4, reset: 0, writable: 0x00fc_fffd }, // GEN1_DEC
  { offset: 0x88, size: 4, reset: 0, writable: 0x00fc_fffd },
  { offset: 0x8c, size: 4, reset: 0, writable: 0x00fc_fffd },
  { offset: 0x90, size: 4, reset: 0, writable: 0x00fc_fffd }, // GEN4_DEC
  { offset: GEN_PMCON_1, size: 2, reset: 0, writable: 0x07ff },
  { offset: 0xa2, size: 1, reset: 0, writable: 0xff }, // GEN_PMCON_2
  { offset: 0xa4, size: 1, reset: 0, writable: 0xf9 }, // GEN_PMCON_3
  { offset: 0xa6, size: 1, reset: 0, writable: 0xff }, // GEN_PMCON_LOCK
  { offset: 0xb8, size: 4, reset: 0, writable: 0xffff_ffff }, // GPI_ROUT
  { offset: 0xd0, size: 4, reset: 0x0011_2233, writable: 0xffff_ffff }, // FWH_SEL1
  { offset: 0xd4, size: 2, reset: 0x4567, writable: 0xffff }, // FWH_SEL2
  { offset: 0xd8, size: 2, reset: 0xffcf, writable: 0xffcf }, // FWH_DEC_EN1
  { offset: 0xdc, size: 1, reset: 0, writable: 0x1f }, // BIOS_CNTL
  { offset: RCBA, size: 4, reset: 0, writable: 0xffff_c001 },
];

export interface Ich9LpcWiring {
  /** ISA interrupt 0-15, an input of our own. */
  readonly irqs: readonly Line[];
  /** PIRQA#-PIRQH# also reach I/O APIC pins 16-23. */
  readonly pins: readonly Line[];
  /** The ACPI block (128 ports) decodes there, or nowhere. */
  mapPm(base: number | undefined): void;
  /** The chipset configuration registers decode there, or nowhere. */
  mapRcba(base: number | undefined): void;
  /** SMI_LOCK was set (or, after a reset, is clear). */
  smiLock(locked: boolean): void;
}

interface Ich9LpcState extends PciFunctionState {
  pirq: boolean[];
  smiLocked: boolean;
}

export class Ich9Lpc extends PciFunction<Ich9LpcState> {
  private readonly driven: boolean[] = Array.from({ length: 16 }, () => false);
  private toldPm: number | undefined;
  private toldRcba: number | undefined;

  constructor(
    private readonly wiring: Ich9LpcWiring,
    subsystem: { readonly vendorId: number; readonly id: number },
  ) {
    super(
      'ich9-lpc',
      {
        vendorId: 0x8086,
        deviceId: 0x2918,
        revision: 2,
        classCode: 0x060100,
        headerType: 0x80,
        subsystemVendorId: subsystem.vendorId,
        subsystemId: subsystem.id,
        command: 0x0007,
        commandWritable: 0x0140,
        status: 0x0200,
      },
      [],
      REGISTERS,
      { pirq: Array.from({ length: PIRQS }, () => false), smiLocked: false },
    );
  }

  override reset(): void {
    this.state.pirq.fill(false);
    this.state.smiLocked = false;
    super.reset();
    this.wiring.smiLock(false);
  }

  override restored(): void {
    super.restored();
    this.wiring.smiLock(this.state.smiLocked);
  }

  override writeConfig(register: number, size: number, value: number): void {
    super.writeConfig(register, size, value);
    if (this.state.smiLocked) this.state.config[GEN_PMCON_1]! |= SMI_LOCK;
    else if (this.state.config[GEN_PMCON_1]! & SMI_LOCK) {
      this.state.smiLocked = true;
      this.wiring.smiLock(true);
    }
  }

  /** PIRQ 0 (A) to 7 (H), already joined from every pin that is wired to it. */
  setPirq(index: number, level: boolean): void {
    if (this.state.pirq[index] === level) return;
    this.state.pirq[index] = level;
    this.wiring.pins[index]?.set(level);
    this.drive();
  }

  protected override configChanged(): void {
    const pm = this.state.config[ACPI_CNTL]! & ACPI_EN ? this.readConfig(PMBASE, 2) & 0xff80 : undefined;
    if (pm !== this.toldPm) this.wiring.mapPm((this.toldPm = pm));
    const low = this.readConfig(RCBA, 4);
    const rcba = low & RCBA_EN ? (low & 0xffff_c000) >>> 0 : undefined;
    if (rcba !== this.toldRcba) this.wiring.mapRcba((this.toldRcba = rcba));
    this.drive();
  }

  private drive(): void {
    const levels = Array.from({ length: 16 }, () => false);
    for (const [index, level] of this.state.pirq.entries()) {
      const route = this.state.config[index < 4 ? PIRQA_ROUT + index : PIRQE_ROUT + index - 4]!;
      if (level && !(route & ROUTE_DISABLED) && !UNUSABLE.includes(route & 0x0f)) levels[route & 0x0f] = true;
    }
    for (const [irq, level] of levels.entries()) {
      if (this.driven[irq] === level) continue;
      this.driven[irq] = level;
      this.wiring.irqs[irq]?.set(level);
    }
  }
}
