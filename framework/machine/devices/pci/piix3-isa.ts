/**
 * Intel 82371SB (PIIX3) function 0, the PCI-to-ISA bridge. Datasheet 290550, section 2.2.
 * Not modelled: ISA recovery timing, DMA type F, serial IRQ, SMI generation (registers keep what is written). The edge/level
 * registers, reset control and the timers of the package are chips of their own.
 */
import type { Line } from '../../bus/types';
import { PciFunction, type PciFunctionState, type PciRegister } from './pci-function';

const PIRQRCA = 0x60;
/** PIRQRC: 1 = the PIRQ is not routed. */
const ROUTE_DISABLED = 0x80;

const REGISTERS: readonly PciRegister[] = [
  { offset: 0x4c, size: 1, reset: 0x4d, writable: 0xff }, // IORT
  { offset: 0x4e, size: 2, reset: 0x0003, writable: 0x01ff }, // XBCS
  { offset: PIRQRCA, size: 4, reset: 0x8080_8080, writable: 0x8f8f_8f8f },
  { offset: 0x64, size: 1, reset: 0x10, writable: 0xff }, // SERIRQC
  { offset: 0x69, size: 1, reset: 0x02, writable: 0xff }, // TOM
  { offset: 0x6a, size: 2, reset: 0, writable: 0x8086 }, // MSTAT
  { offset: 0x70, size: 2, reset: 0x8080, writable: 0xefef }, // MBIRQ0-1
  { offset: 0x76, size: 2, reset: 0x0c0c, writable: 0x8787 }, // MBDMA0-1
  { offset: 0x78, size: 2, reset: 0x0002, writable: 0xffff }, // PCSC
  { offset: 0x80, size: 1, reset: 0, writable: 0x7f }, // APICBASE
  { offset: 0x82, size: 1, reset: 0, writable: 0x0f }, // DLC
  { offset: 0xa0, size: 1, reset: 0x08, writable: 0x1f }, // SMICNTL
  { offset: 0xa2, size: 2, reset: 0, writable: 0xffff }, // SMIEN
  { offset: 0xa4, size: 4, reset: 0, writable: 0xffff_ffff }, // SEE
  { offset: 0xa8, size: 1, reset: 0x0f, writable: 0xff }, // FTMR
  { offset: 0xaa, size: 2, reset: 0, writable: 0xffff }, // SMIREQ
  { offset: 0xac, size: 1, reset: 0, writable: 0xff }, // CTLTMR
  { offset: 0xae, size: 1, reset: 0, writable: 0xff }, // CTHTMR
];

interface Piix3IsaState extends PciFunctionState {
  /** Level of PIRQA#-PIRQD#, asserted = true. */
  pirq: boolean[];
}

export class Piix3Isa extends PciFunction<Piix3IsaState> {
  private readonly driven: boolean[] = Array.from({ length: 16 }, () => false);

  /** `irqs`: an input of ISA interrupt 0-15 of our own (other drivers of the same interrupt are the wiring's to join). */
  constructor(
    private readonly irqs: readonly Line[],
    subsystem: { readonly vendorId: number; readonly id: number } = { vendorId: 0, id: 0 },
  ) {
    super(
      'piix3-isa',
      {
        vendorId: 0x8086,
        deviceId: 0x7000,
        revision: 0,
        classCode: 0x060100,
        headerType: 0x80,
        subsystemVendorId: subsystem.vendorId,
        subsystemId: subsystem.id,
        command: 0x0007,
        commandWritable: 0x0008,
        status: 0x0200,
      },
      [],
      REGISTERS,
      { pirq: [false, false, false, false] },
    );
  }

  override reset(): void {
    this.state.pirq.fill(false);
    super.reset();
  }

  /** PIRQ 0 (A) to 3 (D), already joined from every pin that is wired to it. */
  setPirq(index: number, level: boolean): void {
    if (this.state.pirq[index] === level) return;
    this.state.pirq[index] = level;
    this.drive();
  }

  /** ISA interrupt that a PIRQ is routed to; undefined when it is not routed or the interrupt cannot be used (0, 1, 2, 8, 13). */
  route(index: number): number | undefined {
    const route = this.state.config[PIRQRCA + index]!;
    const irq = route & 0x0f;
    return route & ROUTE_DISABLED || [0, 1, 2, 8, 13].includes(irq) ? undefined : irq;
  }

  protected override configChanged(register: number, size: number): void {
    if (register < PIRQRCA + 4 && register + size > PIRQRCA) this.drive();
  }

  private drive(): void {
    const levels = Array.from({ length: 16 }, () => false);
    for (const [index, level] of this.state.pirq.entries()) {
      const irq = this.route(index);
      if (irq !== undefined && level) levels[irq] = true;
    }
    for (const [irq, level] of levels.entries()) {
      if (this.driven[irq] === level) continue;
      this.driven[irq] = level;
      this.irqs[irq]?.set(level);
    }
  }
}
