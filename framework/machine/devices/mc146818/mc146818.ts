import type { Nanoseconds } from '../../../quantities/units';
import type { AccessSize, Line, PortDevice, Resettable, Stateful } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';
import { Frequency } from '../../clock/frequency';
import { jitterNs } from '../../clock/jitter';
import { fromSeconds, weekday } from './calendar';
import * as reg from './registers';

const INDEX = 0x70;
const DATA = 0x71;
const EXTENDED_INDEX = 0x72;
const EXTENDED_DATA = 0x73;
const NMI_DISABLE = 0x80;
const BANK_BYTES = 128;
const SECOND_NS = 1_000_000_000;
/** UIP rises 244 us before an update, which takes 1984 us; the second changes at its end. */
const UPDATE_NS = 2_228_000;
/**
 * Peak period jitter of the 32.768 kHz oscillator: data sheets of such oscillators give 35 ns rms (SiT1533: period jitter, 10,000
 * samples), which evenly spread is 60 ns to either side. A guest that times periodic interrupts against the TSC sees two clocks.
 */
const JITTER_NS = 60;
/** The first update after the divider leaves reset comes half a second later. */
const DIVIDER_START_NS = SECOND_NS / 2;

export interface Mc146818Options {
  readonly name: string;
  readonly clock: Clock;
  /** IRQ8. */
  readonly irq: Line;
  /** Level of the NMI mask (bit 7 of the index port): true disables NMI. */
  readonly nmiDisable: Line;
  /** Date and time at power-on, seconds since 1970 UTC. */
  readonly startSeconds: number;
  /** What the day-of-week counter calls Sunday: 1 by the data sheet. */
  readonly sunday?: 0 | 1;
  /** The periodic flag is set only while PIE is (as Xen's chip); the data sheet sets it in any case. */
  readonly periodicFlagNeedsEnable?: boolean;
  /** The second 128 bytes behind ports 72h/73h (82371). */
  readonly extendedBank?: boolean;
}

export interface Mc146818State {
  /** Registers 0-0Dh, then battery-backed bytes, then the extended bank. Times are those of `timeNs`. */
  readonly cmos: Uint8Array;
  index: number;
  extendedIndex: number;
  nmiDisabled: boolean;
  /** End of the last update that `cmos` shows: seconds pass every 1e9 ns from there. */
  timeNs: Nanoseconds;
  /** Until when the periodic flag has been looked at. */
  periodicNs: Nanoseconds;
}

/**
 * Motorola MC146818 real-time clock with the PC's CMOS memory (data sheet ADI-856; 82371 for ports 72h/73h). Time registers are
 * brought up to date when they are looked at; timers run only for enabled interrupts. Bytes from 0Eh are battery-backed:
 * `reset` keeps them and the time. Not modelled: SQW output, daylight saving (DSE is kept), the other time bases.
 */
export class Mc146818 implements PortDevice, Stateful<Mc146818State>, Resettable {
  readonly name: string;
  readonly portRegions;
  readonly state: Mc146818State;
  private readonly clock: Clock;
  private readonly sunday: number;
  private readonly crystal = new Frequency(32_768);
  private readonly secondTimer: Timer;
  private readonly periodicTimer: Timer;

  constructor(private readonly options: Mc146818Options) {
    this.name = options.name;
    this.clock = options.clock;
    this.sunday = options.sunday ?? 1;
    this.portRegions = [{ first: INDEX, last: options.extendedBank ? EXTENDED_DATA : DATA, name: 'rtc' }];
    const cmos = new Uint8Array(2 * BANK_BYTES);
    cmos[reg.REGISTER_A] = reg.A_DIVIDER_RUN | 6;
    cmos[reg.REGISTER_B] = reg.B_24H;
    cmos[reg.REGISTER_D] = reg.D_VRT;
    const now = options.clock.nowNs();
    this.state = { cmos, index: 0, extendedIndex: 0, nmiDisabled: false, timeNs: now, periodicNs: now };
    reg.writeTime(cmos, fromSeconds(options.startSeconds));
    cmos[reg.WEEKDAY] = weekday(options.startSeconds) + this.sunday;
    this.secondTimer = options.clock.timer(`${options.name}-second`, () => this.wake());
    this.periodicTimer = options.clock.timer(`${options.name}-periodic`, () => this.wake());
  }

  /** RESET#: interrupt enables and flags are cleared; time, dividers and memory go on. */
  reset(): void {
    this.update();
    const { cmos } = this.state;
    cmos[reg.REGISTER_B]! &= ~(reg.B_PIE | reg.B_AIE | reg.B_UIE | 0x08);
    cmos[reg.REGISTER_C] = 0;
    this.state.index = 0;
    this.state.extendedIndex = 0;
    this.state.nmiDisabled = false;
    this.options.nmiDisable.set(false);
    this.schedule();
  }

  /** Sets a CMOS byte as if the battery had kept it; for bytes that a platform provides. */
  setByte(index: number, value: number): void {
    this.state.cmos[index] = value;
  }

  /** A byte as it stands now, register C without clearing it. */
  byte(index: number): number {
    this.update();
    return this.state.cmos[index] ?? 0xff;
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    switch (port) {
      case DATA:
        return this.readRegister(this.state.index);
      case EXTENDED_DATA:
        return this.state.cmos[BANK_BYTES + this.state.extendedIndex];
      case EXTENDED_INDEX:
        return this.state.extendedIndex;
      default:
        return 0xff; // the index is write-only
    }
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    const { state } = this;
    switch (port) {
      case INDEX:
        state.index = value & 0x7f;
        state.nmiDisabled = (value & NMI_DISABLE) !== 0;
        this.options.nmiDisable.set(state.nmiDisabled);
        return true;
      case DATA:
        this.writeRegister(state.index, value);
        return true;
      case EXTENDED_INDEX:
        state.extendedIndex = value & 0x7f;
        return true;
      default:
        state.cmos[BANK_BYTES + state.extendedIndex] = value;
        return true;
    }
  }

  private readRegister(index: number): number {
    const { cmos } = this.state;
    if (index > reg.REGISTER_C && index !== reg.CENTURY) return cmos[index]!;
    this.update();
    if (index === reg.REGISTER_A) return cmos[index]! | (this.updating() ? reg.A_UIP : 0);
    const value = cmos[index]!;
    if (index === reg.REGISTER_C) {
      cmos[index] = 0;
      this.schedule();
    }
    return value;
  }

  private writeRegister(index: number, value: number): void {
    const { cmos } = this.state;
    if (index > reg.REGISTER_D && index !== reg.CENTURY) {
      cmos[index] = value;
      return;
    }
    this.update();
    switch (index) {
      case reg.REGISTER_A:
        this.setDivider(value & ~reg.A_UIP);
        break;
      case reg.REGISTER_B:
        this.setModes(value);
        break;
      case reg.REGISTER_C:
      case reg.REGISTER_D:
        return; // read-only
      default:
        cmos[index] = value;
    }
    this.schedule();
  }

  private setDivider(value: number): void {
    const { state } = this;
    const wasReset = this.dividerReset();
    state.cmos[reg.REGISTER_A] = value;
    if (!wasReset || this.dividerReset()) return;
    const now = this.clock.nowNs();
    state.timeNs = now - SECOND_NS + DIVIDER_START_NS;
    state.periodicNs = now;
  }

  /** SET stops updates (and clears UIE); the divider goes on, so the first one after it comes with the next whole second. */
  private setModes(value: number): void {
    const { cmos } = this.state;
    cmos[reg.REGISTER_B] = value & reg.B_SET ? value & ~reg.B_UIE : value;
  }

  private dividerReset(): boolean {
    return (this.state.cmos[reg.REGISTER_A]! & reg.A_DIVIDER_RESET) === reg.A_DIVIDER_RESET;
  }

  private running(): boolean {
    return (this.state.cmos[reg.REGISTER_A]! & reg.A_DIVIDER) === reg.A_DIVIDER_RUN;
  }

  private updating(): boolean {
    const { state } = this;
    if (!this.running() || state.cmos[reg.REGISTER_B]! & reg.B_SET) return false;
    return this.clock.nowNs() - state.timeNs >= SECOND_NS - UPDATE_NS;
  }

  /** Half periods of the crystal per periodic interrupt, 0 none (table 5, 32.768 kHz). */
  private periodTicks(): number {
    const rate = this.state.cmos[reg.REGISTER_A]! & reg.A_RATE;
    if (rate === 0 || !this.running()) return 0;
    return 1 << ((rate <= 2 ? rate + 7 : rate) - 1);
  }

  /** Counts the updates and periodic events up to now into the registers. */
  private update(): void {
    const { state } = this;
    const { cmos } = state;
    const now = this.clock.nowNs();
    const period = this.options.periodicFlagNeedsEnable && !(cmos[reg.REGISTER_B]! & reg.B_PIE) ? 0 : this.periodTicks();
    if (period > 0 && this.periods(now, period) > this.periods(state.periodicNs, period)) cmos[reg.REGISTER_C]! |= reg.C_PF;
    state.periodicNs = now;
    if (!this.running()) {
      if (!this.dividerReset()) state.timeNs = now;
      return;
    }
    const seconds = Math.floor((now - state.timeNs) / SECOND_NS);
    if (seconds <= 0) return;
    state.timeNs += seconds * SECOND_NS;
    if (cmos[reg.REGISTER_B]! & reg.B_SET) return;
    cmos[reg.REGISTER_C]! |= reg.C_UF;
    if (reg.secondsToAlarm(cmos) <= seconds) cmos[reg.REGISTER_C]! |= reg.C_AF;
    reg.advance(cmos, seconds, this.sunday);
  }

  /** Periodic events that have come by `atNs`. */
  private periods(atNs: Nanoseconds, period: number): number {
    const even = Math.floor(this.crystal.ticksAt(atNs) / period);
    if (this.edgeNs(even, period) > atNs) return even - 1;
    return this.edgeNs(even + 1, period) <= atNs ? even + 1 : even;
  }

  private edgeNs(count: number, period: number): Nanoseconds {
    const tick = count * period;
    return this.crystal.nsOfTick(tick) + jitterNs(tick, JITTER_NS);
  }

  private wake(): void {
    this.update();
    this.schedule();
  }

  /** Sets IRQF and the line from flags and enables, and arms the timers of the interrupts that could still come. */
  private schedule(): void {
    const { cmos, timeNs, periodicNs } = this.state;
    const enables = cmos[reg.REGISTER_B]!;
    const flags = cmos[reg.REGISTER_C]! & (reg.C_PF | reg.C_AF | reg.C_UF);
    const pending = (flags & enables) !== 0;
    cmos[reg.REGISTER_C] = flags | (pending ? reg.C_IRQF : 0);
    this.options.irq.set(pending);
    const period = this.periodTicks();
    if (enables & reg.B_PIE && period > 0) {
      this.periodicTimer.arm(this.edgeNs(this.periods(periodicNs, period) + 1, period));
    } else this.periodicTimer.cancel();
    const counting = this.running() && !(enables & reg.B_SET);
    if (counting && enables & reg.B_UIE) this.secondTimer.arm(timeNs + SECOND_NS);
    else if (counting && enables & reg.B_AIE) this.secondTimer.arm(timeNs + reg.secondsToAlarm(cmos) * SECOND_NS);
    else this.secondTimer.cancel();
  }
}
