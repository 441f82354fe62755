import type { Gpa } from '../../quantities/units';
import { type ApicBus, DELIVERY } from '../bus/apic-bus';
import type { AccessSize, Line, MmioDevice, MmioRegion, Resettable, Stateful } from '../bus/types';

const IOREGSEL = 0x00;
const IOWIN = 0x10;
const EOI_REGISTER = 0x40;
const PAGE_BYTES = 4096;
/** Indirect registers, data sheet 290566, 3.2. */
const ID = 0x00;
const VERSION = 0x01;
const ARBITRATION = 0x02;
const REDIRECTION = 0x10;
/** From this version on there is a direct EOI register. */
const VERSION_WITH_EOI = 0x20;

const LOGICAL = 1 << 11;
const REMOTE_IRR = 1 << 14;
const LEVEL = 1 << 15;
const MASKED = 1 << 16;
const LOW_WRITABLE = 0x1_afff;

export interface IoApicOptions {
  readonly name: string;
  readonly bus: ApicBus;
  readonly pins: number;
  /** 11h (82093AA), 20h and later with the EOI register. */
  readonly version: number;
  readonly baseGpa: Gpa;
  /** A redirection entry was written. */
  readonly changed: () => void;
}

export interface IoApicState {
  select: number;
  id: number;
  redirectionLow: Uint32Array;
  redirectionHigh: Uint32Array;
  /** Asserted inputs, one byte each. */
  inputs: Uint8Array;
}

/**
 * Intel 82093AA I/O APIC (data sheet 290566) with a number of pins. Inputs are "asserted", so the polarity bits only keep their
 * value. ExtINT entries deliver nothing here: which CPU the 8259A reaches through them is a matter of wiring. The
 * delivery status is always idle.
 */
export class IoApic implements MmioDevice, Stateful<IoApicState>, Resettable {
  readonly name: string;
  readonly mmioRegions: readonly MmioRegion[];
  readonly state: IoApicState;

  constructor(private readonly options: IoApicOptions) {
    const { pins, baseGpa } = options;
    this.name = options.name;
    this.mmioRegions = [{ first: baseGpa, last: baseGpa + PAGE_BYTES - 1, name: 'io apic' }];
    this.state = {
      select: 0,
      id: 0,
      redirectionLow: new Uint32Array(pins).fill(MASKED),
      redirectionHigh: new Uint32Array(pins),
      inputs: new Uint8Array(pins),
    };
    options.bus.onEoi((vector) => this.endOfInterrupt(vector));
  }

  reset(): void {
    const { state } = this;
    state.select = 0;
    state.id = 0;
    state.redirectionLow.fill(MASKED);
    state.redirectionHigh.fill(0);
    state.inputs.fill(0);
    this.options.changed();
  }

  /** @throws RangeError when there is no such pin. */
  line(pin: number): Line {
    if (!(pin in this.state.inputs)) throw new RangeError(`the I/O APIC ${this.name} has no pin ${pin}`);
    return { set: (asserted) => this.setInput(pin, asserted) };
  }

  redirectionLow = (pin: number): number => this.state.redirectionLow[pin] ?? MASKED;
  redirectionHigh = (pin: number): number => this.state.redirectionHigh[pin] ?? 0;

  readMmio(gpa: Gpa, size: AccessSize): number | undefined {
    const offset = gpa - this.options.baseGpa;
    const part = offset & 0xf;
    if (part + size > 4) return 0;
    switch (offset & ~0xf) {
      case IOREGSEL:
        return this.state.select >>> (part * 8);
      case IOWIN:
        return this.readRegister(this.state.select) >>> (part * 8);
      default:
        return 0;
    }
  }

  writeMmio(gpa: Gpa, size: AccessSize, value: number): boolean {
    switch (gpa - this.options.baseGpa) {
      case IOREGSEL:
        this.state.select = value & 0xff;
        return true;
      case IOWIN:
        if (size === 4) this.writeRegister(this.state.select, value);
        return true;
      case EOI_REGISTER:
        if (this.options.version >= VERSION_WITH_EOI) this.endOfInterrupt(value & 0xff);
        return true;
      default:
        return true; // reserved
    }
  }

  private readRegister(register: number): number {
    const { state, options } = this;
    switch (register) {
      case ID:
      case ARBITRATION:
        return state.id << 24;
      case VERSION:
        return ((options.pins - 1) << 16) | options.version;
      default: {
        const pin = (register - REDIRECTION) >> 1;
        return (register & 1 ? state.redirectionHigh[pin] : state.redirectionLow[pin]) ?? 0;
      }
    }
  }

  private writeRegister(register: number, value: number): void {
    const { state, options } = this;
    if (register === ID) {
      state.id = (value >>> 24) & 0xf;
      return;
    }
    const pin = (register - REDIRECTION) >> 1;
    if (pin < 0 || pin >= options.pins) return;
    if (register & 1) state.redirectionHigh[pin] = value & 0xff00_0000;
    else this.writeLow(pin, value);
    options.changed();
  }

  /** Remote IRR cannot be written, but an edge-triggered entry has none: switching to edge clears it. */
  private writeLow(pin: number, value: number): void {
    const { redirectionLow, inputs } = this.state;
    const remoteIrr = value & LEVEL ? redirectionLow[pin]! & REMOTE_IRR : 0;
    redirectionLow[pin] = (value & LOW_WRITABLE) | remoteIrr;
    if (inputs[pin] && value & LEVEL) this.deliver(pin);
  }

  private setInput(pin: number, asserted: boolean): void {
    const { inputs } = this.state;
    if (asserted === (inputs[pin] === 1)) return;
    inputs[pin] = asserted ? 1 : 0;
    if (asserted) this.deliver(pin);
  }

  /** An edge on a masked pin is lost; a level waits until it is unmasked, and asks again after its EOI. */
  private deliver(pin: number): void {
    const { redirectionLow, redirectionHigh } = this.state;
    const entry = redirectionLow[pin]!;
    const delivery = (entry >> 8) & 7;
    if (entry & (MASKED | REMOTE_IRR) || delivery === DELIVERY.EXTINT) return;
    const level = (entry & LEVEL) !== 0;
    const destination = { id: redirectionHigh[pin]! >>> 24, logical: (entry & LOGICAL) !== 0 };
    const accepted = this.options.bus.send({ delivery, vector: entry & 0xff, level }, destination);
    if (accepted && level) redirectionLow[pin] = entry | REMOTE_IRR;
  }

  private endOfInterrupt(vector: number): void {
    const { redirectionLow, inputs } = this.state;
    redirectionLow.forEach((entry, pin) => {
      if (!(entry & REMOTE_IRR) || (entry & 0xff) !== vector) return;
      redirectionLow[pin] = entry & ~REMOTE_IRR;
      if (inputs[pin]) this.deliver(pin);
    });
  }
}
