import type { Gpa } from '../../quantities/units';
import type { AccessSize, Line, MmioDevice, MmioRegion, Resettable, Stateful } from '../bus/types';
import type { Clock, Timer } from '../clock/clock';

/** Registers, IA-PC HPET specification 1.0a, 2.3. */
const CAPABILITIES = 0x000;
const CONFIGURATION = 0x010;
const INTERRUPT_STATUS = 0x020;
const MAIN_COUNTER = 0x0f0;
const TIMERS = 0x100;
const TIMER_STRIDE = 0x20;
const TIMER_COMPARATOR = 0x08;
const REGISTER_BYTES = 1024;

const ENABLE = 1n;
const LEGACY_REPLACEMENT = 2n;
/** Timer configuration (2.3.8). */
const LEVEL = 1n << 1n;
const INT_ENABLE = 1n << 2n;
const PERIODIC = 1n << 3n;
const PERIODIC_CAPABLE = 1n << 4n;
const SIZE_CAPABLE = 1n << 5n;
const VALUE_SET = 1n << 6n;
const FORCE_32_BIT = 1n << 8n;
const ROUTE_SHIFT = 9n;
const ROUTE = 0x1fn << ROUTE_SHIFT;

const FEMTOSECONDS_PER_NS = 1_000_000n;
const ALL_ONES = 0xffff_ffff_ffff_ffffn;
const LOW_32 = 0xffff_ffffn;

export interface HpetOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly baseGpa: Gpa;
  /**
   * Capabilities and id (2.3.4): period in femtoseconds in the high half; in the low one vendor 31-16, legacy replacement 15, 64-bit
   * counter 13, number of timers less one 12-8, revision. f42400_8086a201h: 16 ns (62.5 MHz), Intel, both, three timers.
   */
  readonly capabilities: bigint;
  /** Configuration of every timer at reset: which I/O APIC pins it can use in the high half; 20h 64-bit, 10h periodic. */
  readonly timerCapabilities: bigint;
  /** I/O APIC pin. */
  readonly route: (pin: number) => Line;
  /** Legacy replacement: timer 0 drives IRQ0 and timer 1 IRQ8, and the PIT and RTC are cut off while it is on. */
  readonly legacyIrq0: Line;
  readonly legacyIrq8: Line;
  readonly legacyReplacement: (on: boolean) => void;
}

interface TimerState {
  configuration: bigint;
  comparator: bigint;
  period: bigint;
  /** Level of the line that it drives. */
  asserted: boolean;
}

export interface HpetState {
  configuration: bigint;
  interruptStatus: bigint;
  /** Main counter at `baseNs`; it stands while the HPET is disabled. */
  counter: bigint;
  baseNs: number;
  timers: TimerState[];
}

/**
 * High precision event timers (IA-PC HPET 1.0a). The counter is computed from virtual time. Edge-triggered outputs are pulses.
 * Not modelled: FSB (MSI) delivery, whose capability bit must be 0.
 */
export class Hpet implements MmioDevice, Stateful<HpetState>, Resettable {
  readonly name: string;
  readonly mmioRegions: readonly MmioRegion[];
  readonly state: HpetState;
  private readonly clock: Clock;
  private readonly periodFs: bigint;
  private readonly timers: readonly Timer[];

  constructor(private readonly options: HpetOptions) {
    const { name, clock, baseGpa, capabilities } = options;
    this.name = name;
    this.clock = clock;
    this.periodFs = capabilities >> 32n;
    this.mmioRegions = [{ first: baseGpa, last: baseGpa + REGISTER_BYTES - 1, name: 'hpet' }];
    const count = Number((capabilities >> 8n) & 0x1fn) + 1;
    this.state = { configuration: 0n, interruptStatus: 0n, counter: 0n, baseNs: 0, timers: [] };
    this.state.timers = Array.from({ length: count }, () => this.powerOnTimer());
    this.timers = this.state.timers.map((_, index) => clock.timer(`${name}-${index}`, () => this.expire(index)));
  }

  private powerOnTimer(): TimerState {
    return { configuration: this.options.timerCapabilities, comparator: ALL_ONES, period: 0n, asserted: false };
  }

  reset(): void {
    const { state, options } = this;
    state.timers.forEach((_, index) => this.drive(index, false));
    state.timers = state.timers.map(() => this.powerOnTimer());
    state.configuration = 0n;
    state.interruptStatus = 0n;
    state.counter = 0n;
    for (const timer of this.timers) timer.cancel();
    options.legacyReplacement(false);
  }

  readMmio(gpa: Gpa, size: AccessSize): number | undefined {
    const offset = gpa - this.options.baseGpa;
    const register = offset & ~7;
    const shift = (offset & 7) * 8;
    if (shift + size * 8 > 64) return undefined;
    return Number((this.read(register) >> BigInt(shift)) & (size === 4 ? LOW_32 : size === 2 ? 0xffffn : 0xffn));
  }

  /** Software writes 4 or 8 bytes (2.2); smaller writes are ignored. */
  writeMmio(gpa: Gpa, size: AccessSize, value: number): boolean {
    const offset = gpa - this.options.baseGpa;
    if (size !== 4 || offset & 3) return true;
    const high = (offset & 4) !== 0;
    this.write(offset & ~7, BigInt(value >>> 0) << (high ? 32n : 0n), high ? LOW_32 << 32n : LOW_32);
    return true;
  }

  private get running(): boolean {
    return (this.state.configuration & ENABLE) !== 0n;
  }

  private counterNow(): bigint {
    const { counter, baseNs } = this.state;
    if (!this.running) return counter;
    const ns = BigInt(Math.floor(this.clock.nowNs() - baseNs));
    return (counter + (ns * FEMTOSECONDS_PER_NS) / this.periodFs) & ALL_ONES;
  }

  private read(register: number): bigint {
    const { state } = this;
    switch (register) {
      case CAPABILITIES:
        return this.options.capabilities;
      case CONFIGURATION:
        return state.configuration;
      case INTERRUPT_STATUS:
        return state.interruptStatus;
      case MAIN_COUNTER:
        return this.counterNow();
      default: {
        const timer = state.timers[((register - TIMERS) / TIMER_STRIDE) | 0];
        if (register < TIMERS || !timer) return 0n;
        const at = register % TIMER_STRIDE;
        return at === 0 ? timer.configuration : at === TIMER_COMPARATOR ? timer.comparator : 0n;
      }
    }
  }

  /** `mask`: the half written; `value` has nothing outside. */
  private write(register: number, value: bigint, mask: bigint): void {
    const { state } = this;
    switch (register) {
      case CONFIGURATION:
        if (mask === LOW_32) this.configure(value & (ENABLE | LEGACY_REPLACEMENT));
        return;
      case INTERRUPT_STATUS:
        this.acknowledge(value);
        return;
      case MAIN_COUNTER:
        state.counter = (this.counterNow() & ~mask) | value;
        state.baseNs = this.clock.nowNs();
        this.scheduleAll();
        return;
      default: {
        const index = ((register - TIMERS) / TIMER_STRIDE) | 0;
        if (register < TIMERS || index >= state.timers.length) return;
        const at = register % TIMER_STRIDE;
        if (at === 0 && mask === LOW_32) this.configureTimer(index, value);
        else if (at === TIMER_COMPARATOR) this.compare(index, value, mask);
      }
    }
  }

  private configure(value: bigint): void {
    const { state } = this;
    const before = state.configuration;
    state.counter = this.counterNow();
    state.baseNs = this.clock.nowNs();
    if ((before ^ value) & LEGACY_REPLACEMENT) {
      state.timers.forEach((_, index) => this.drive(index, false));
      state.configuration = value;
      this.options.legacyReplacement((value & LEGACY_REPLACEMENT) !== 0n);
    }
    state.configuration = value;
    this.scheduleAll();
  }

  /** Level-triggered timers keep their line asserted until their status bit is cleared. */
  private acknowledge(value: bigint): void {
    const { state } = this;
    state.timers.forEach((_, index) => {
      const bit = 1n << BigInt(index);
      if (!(value & state.interruptStatus & bit)) return;
      state.interruptStatus &= ~bit;
      this.drive(index, false);
    });
  }

  private configureTimer(index: number, value: bigint): void {
    const timer = this.state.timers[index]!;
    let writable = LEVEL | INT_ENABLE | ROUTE;
    if (timer.configuration & PERIODIC_CAPABLE) writable |= PERIODIC | VALUE_SET;
    if (timer.configuration & SIZE_CAPABLE) writable |= FORCE_32_BIT;
    this.drive(index, false);
    timer.configuration = (timer.configuration & ~writable) | (value & writable);
    if (!(timer.configuration & LEVEL)) this.state.interruptStatus &= ~(1n << BigInt(index));
    if (timer.configuration & FORCE_32_BIT) timer.comparator &= LOW_32;
    this.schedule(index);
  }

  /** In periodic mode a comparator write sets the period, and the comparator itself only after VAL_SET (2.3.9.2.2). */
  private compare(index: number, value: bigint, mask: bigint): void {
    const timer = this.state.timers[index]!;
    const width = this.width(timer);
    if (!(timer.configuration & PERIODIC) || timer.configuration & VALUE_SET) {
      timer.comparator = ((timer.comparator & ~mask) | value) & width;
    }
    if (timer.configuration & PERIODIC) timer.period = ((timer.period & ~mask) | value) & width;
    timer.configuration &= ~VALUE_SET;
    this.schedule(index);
  }

  private width(timer: TimerState): bigint {
    return timer.configuration & FORCE_32_BIT || !(timer.configuration & SIZE_CAPABLE) ? LOW_32 : ALL_ONES;
  }

  private scheduleAll(): void {
    this.state.timers.forEach((_, index) => this.schedule(index));
  }

  /** Arms a timer for its next match; one that could not be seen (no interrupt, no periodic comparator) is not armed. */
  private schedule(index: number): void {
    const timer = this.state.timers[index]!;
    if (!this.running || !(timer.configuration & (INT_ENABLE | PERIODIC))) {
      this.timers[index]?.cancel();
      return;
    }
    const width = this.width(timer);
    const counter = this.counterNow();
    const left = (timer.comparator - counter) & width || width + 1n;
    const { baseNs, counter: base } = this.state;
    const ticks = ((counter - base) & ALL_ONES) + left;
    const ns = Number((ticks * this.periodFs + FEMTOSECONDS_PER_NS - 1n) / FEMTOSECONDS_PER_NS);
    if (ns < Number.MAX_SAFE_INTEGER) this.timers[index]?.arm(baseNs + ns);
    else this.timers[index]?.cancel();
  }

  private expire(index: number): void {
    const timer = this.state.timers[index]!;
    if (timer.configuration & PERIODIC && timer.period > 0n) {
      const width = this.width(timer);
      const late = (this.counterNow() - timer.comparator) & width;
      timer.comparator = (timer.comparator + (late / timer.period + 1n) * timer.period) & width;
    }
    this.schedule(index);
    if (!(timer.configuration & INT_ENABLE)) return;
    if (timer.configuration & LEVEL) {
      this.state.interruptStatus |= 1n << BigInt(index);
      this.drive(index, true);
    } else {
      this.drive(index, true);
      this.drive(index, false);
    }
  }

  private drive(index: number, asserted: boolean): void {
    const timer = this.state.timers[index]!;
    if (timer.asserted === asserted) return;
    timer.asserted = asserted;
    this.output(index, timer).set(asserted);
  }

  private output(index: number, timer: TimerState): Line {
    const legacy = (this.state.configuration & LEGACY_REPLACEMENT) !== 0n;
    if (legacy && index === 0) return this.options.legacyIrq0;
    if (legacy && index === 1) return this.options.legacyIrq8;
    return this.options.route(Number((timer.configuration & ROUTE) >> ROUTE_SHIFT));
  }
}
