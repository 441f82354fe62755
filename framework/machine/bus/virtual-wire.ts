import { DELIVERY } from './apic-bus';
import type { Line, Resettable, Stateful } from './types';

/** The 8259A pair as the CPU's side sees it. */
interface InterruptController {
  readonly int: boolean;
  acknowledge(): number;
}

/** A redirection entry: bits 31-0 and 63-32. */
interface RedirectionTable {
  readonly redirectionLow: (pin: number) => number;
  readonly redirectionHigh: (pin: number) => number;
}

interface LocalInterruptUnit {
  readonly apicId: number;
  /** APIC base MSR bit 11. */
  readonly globallyEnabled: boolean;
  /** Globally enabled and not disabled by SVR. */
  readonly accepting: boolean;
  /** LVT of LINT0. */
  readonly lint0: number;
  /** A vector is ready to interrupt the CPU. */
  readonly interrupting: boolean;
  matchesLogical(destination: number): boolean;
  setLint0(high: boolean): void;
  acknowledge(): number;
}

export interface InterruptParts {
  readonly pic: InterruptController;
  readonly ioApic?: RedirectionTable;
  /** By vCPU. */
  readonly localApics: readonly LocalInterruptUnit[];
}

const MASKED = 1 << 16;
const LOGICAL = 1 << 11;
const DELIVERY_SHIFT = 8;

function isExtInt(entry: number): boolean {
  return (entry & MASKED) === 0 && ((entry >> DELIVERY_SHIFT) & 7) === DELIVERY.EXTINT;
}

/**
 * Who may interrupt a CPU. The INT pin of the 8259A pair ends at LINT0 of every local APIC and at pin 0 of the I/O APIC. It reaches a
 * CPU when
 * - redirection entry 0 is ExtINT, unmasked, addressed to that CPU's local APIC, and that APIC is enabled (virtual wire
 *   through the I/O APIC; MultiProcessor Specification 1.4, 3.6.2.2), or
 * - LVT LINT0 is ExtINT and unmasked (virtual wire, 3.6.2.1), or
 * - the local APIC is globally disabled, so that LINT0 is the INTR pin (PIC mode).
 */
export class VirtualWire implements Stateful<{ levels: boolean[] }>, Resettable {
  readonly name = 'virtual-wire';
  /** INTR of each vCPU, as last driven. */
  readonly state: { levels: boolean[] } = { levels: [] };
  /** Connect to the INT output of the 8259A pair. */
  readonly picInt: Line = {
    set: (high) => {
      for (const unit of this.parts?.localApics ?? []) unit.setLint0(high);
      this.update();
    },
  };
  private parts: InterruptParts | undefined;

  /** `setInterrupt`: INTR of a vCPU changed. */
  constructor(private readonly setInterrupt: (vcpu: number, asserted: boolean) => void) {}

  connect(parts: InterruptParts): void {
    this.parts = parts;
    this.update();
  }

  /** To be called when a local APIC, or entry 0 of the I/O APIC, changed. */
  readonly update = (): void => {
    if (!this.parts) return;
    const { localApics, pic } = this.parts;
    const { levels } = this.state;
    localApics.forEach((unit, vcpu) => {
      const level = unit.interrupting || (pic.int && this.reaches(unit));
      if (level === (levels[vcpu] ?? false)) return;
      levels[vcpu] = level;
      this.setInterrupt(vcpu, level);
    });
  };

  /** Drives every INTR pin low; chips that still ask do so in their own reset. */
  reset(): void {
    this.state.levels = [];
    this.restored();
    this.update();
  }

  restored(): void {
    this.parts?.localApics.forEach((_, vcpu) => this.setInterrupt(vcpu, this.state.levels[vcpu] ?? false));
  }

  /** INTA cycle of a vCPU. An 8259A request that reaches it comes first. */
  acknowledge(vcpu: number): { readonly vector: number; readonly source: 'pic' | 'lapic' } {
    const unit = this.parts?.localApics[vcpu];
    if (!this.parts || !unit) throw new RangeError(`no vCPU ${vcpu}`);
    const { pic } = this.parts;
    const fromPic = this.reaches(unit) && (pic.int || !unit.interrupting);
    const vector = fromPic ? pic.acknowledge() : unit.acknowledge();
    this.update();
    return { vector, source: fromPic ? 'pic' : 'lapic' };
  }

  private reaches(unit: LocalInterruptUnit): boolean {
    if (!unit.globallyEnabled || isExtInt(unit.lint0)) return true;
    const table = this.parts?.ioApic;
    if (!table || !unit.accepting) return false;
    const low = table.redirectionLow(0);
    if (!isExtInt(low)) return false;
    const destination = table.redirectionHigh(0) >>> 24;
    if (low & LOGICAL) return unit.matchesLogical(destination);
    return destination === unit.apicId || destination === 0xff;
  }
}
