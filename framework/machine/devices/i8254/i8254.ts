import type { AccessSize, Line, PortDevice, Resettable, Stateful } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';
import { Frequency } from '../../clock/frequency';
import {
  ACCESS,
  binaryCountAt,
  countAt,
  type CounterState,
  decode,
  nextBoundary,
  nextEdge,
  outAt,
  powerOnCounter,
  settle,
  UNPROGRAMMED,
} from './counter';

export const PIT_HZ = 1_193_182;
const CONTROL = 0x43;
/** Control word, data sheet 231164 fig. 7: SC bits 7-6, RW 5-4, M 3-1, BCD 0. */
const READ_BACK = 3;
/** Read-back command: both are active low. */
const READ_BACK_NO_COUNT = 0x20;
const READ_BACK_NO_STATUS = 0x10;
const STATUS_OUT = 0x80;
const STATUS_NULL_COUNT = 0x40;

export interface I8254Options {
  readonly name: string;
  readonly clock: Clock;
  /** Where OUT of each counter goes; only counters with an end are worth a timer. */
  readonly outputs: readonly [Line?, Line?, Line?];
}

/**
 * Intel 8254 programmable interval timer (data sheet 231164) with its clock at 1.193182 MHz. Counts are computed from virtual
 * time. Deviation: the one-clock low pulse of OUT in mode 2 (838 ns) reaches its line as a fall and a rise at the same moment,
 * the reload; reading the status shows it in full.
 */
export class I8254 implements PortDevice, Stateful<{ counters: CounterState[] }>, Resettable {
  readonly name: string;
  readonly portRegions = [{ first: 0x40, last: CONTROL, name: 'pit' }];
  readonly state = { counters: [powerOnCounter(), powerOnCounter(), powerOnCounter()] };
  private readonly crystal = new Frequency(PIT_HZ);
  private readonly clock: Clock;
  private readonly outputs: readonly (Line | undefined)[];
  private readonly timers: readonly (Timer | undefined)[];

  constructor(options: I8254Options) {
    this.name = options.name;
    this.clock = options.clock;
    this.outputs = options.outputs;
    this.timers = [0, 1, 2].map((index) =>
      options.outputs[index] ? options.clock.timer(`${options.name}-out${index}`, () => this.edge(index)) : undefined,
    );
  }

  reset(): void {
    this.state.counters = [powerOnCounter(), powerOnCounter(), powerOnCounter()];
    for (let index = 0; index < 3; index++) {
      this.timers[index]?.cancel();
      this.outputs[index]?.set(false);
    }
  }

  /** Level of OUT now. */
  out(index: number): boolean {
    const counter = this.counter(index);
    const tick = this.tick();
    settle(counter, tick);
    return outAt(counter, tick);
  }

  /** GATE input. It stops modes 0 and 4, restarts 2 and 3, and triggers 1 and 5 on its rising edge. */
  setGate(index: number, high: boolean): void {
    const counter = this.counter(index);
    if (counter.gate === high) return;
    const tick = this.tick();
    settle(counter, tick);
    if (high) this.openGate(counter, tick);
    else this.closeGate(counter, tick);
    this.schedule(index);
  }

  /** Refresh request (port 61h bit 4): toggles with each cycle of counter 1, or every 18 clocks while that is not set up. */
  get refresh(): boolean {
    const counter = this.counter(1);
    const tick = this.tick();
    const runs = (counter.mode === 2 || counter.mode === 3) && counter.loadTick <= tick;
    const clocks = runs ? tick - counter.loadTick : tick;
    return (Math.floor(clocks / (runs ? counter.count : 18)) & 1) === 1;
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    if (port === CONTROL) return 0xff; // not readable; the bus floats
    return this.readCounter(this.counter(port & 3));
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    if (port === CONTROL) this.writeControl(value);
    else this.writeCounter(port & 3, value);
    return true;
  }

  private counter(index: number): CounterState {
    return this.state.counters[index]!;
  }

  private tick(): number {
    return this.crystal.ticksAt(this.clock.nowNs());
  }

  private writeControl(value: number): void {
    const select = value >> 6;
    if (select === READ_BACK) {
      for (let index = 0; index < 3; index++) if (value & (2 << index)) this.readBack(this.counter(index), value);
      return;
    }
    const counter = this.counter(select);
    const rwMode = (value >> 4) & 3;
    if (rwMode === 0) this.latchCount(counter);
    else this.program(select, rwMode, (value >> 1) & 7, (value & 1) !== 0);
  }

  private readBack(counter: CounterState, command: number): void {
    if (!(command & READ_BACK_NO_COUNT)) this.latchCount(counter);
    if (!(command & READ_BACK_NO_STATUS) && !counter.statusLatched) {
      counter.latchedStatus = this.status(counter);
      counter.statusLatched = true;
    }
  }

  private status(counter: CounterState): number {
    const tick = this.tick();
    settle(counter, tick);
    const waiting = counter.nextCount !== 0 || counter.loadTick > tick;
    const mode = counter.mode === UNPROGRAMMED ? 0 : counter.mode;
    return (
      (outAt(counter, tick) ? STATUS_OUT : 0) |
      (waiting ? STATUS_NULL_COUNT : 0) |
      (counter.rwMode << 4) |
      (mode << 1) |
      (counter.bcd ? 1 : 0)
    );
  }

  private latchCount(counter: CounterState): void {
    if (counter.countLatched !== ACCESS.NONE) return;
    counter.latchedCount = this.current(counter);
    counter.countLatched = counter.rwMode;
  }

  private current(counter: CounterState): number {
    const tick = this.tick();
    settle(counter, tick);
    return countAt(counter, tick);
  }

  /** A control word: OUT goes to its first level and counting waits for a count. */
  private program(index: number, rwMode: number, modeBits: number, bcd: boolean): void {
    const counter = this.counter(index);
    const tick = this.tick();
    settle(counter, tick);
    counter.held = binaryCountAt(counter, tick);
    counter.mode = modeBits > 5 ? modeBits - 4 : modeBits;
    counter.bcd = bcd;
    counter.rwMode = rwMode;
    counter.loadTick = Infinity;
    counter.nextCount = 0;
    counter.switchTick = Infinity;
    counter.written = false;
    counter.phase = 0;
    counter.stopped = -1;
    counter.started = false;
    counter.countLatched = ACCESS.NONE;
    counter.statusLatched = false;
    counter.readState = rwMode;
    counter.writeState = rwMode;
    counter.writeLatch = 0;
    this.drive(index, counter.mode !== 0);
    this.schedule(index);
  }

  private readCounter(counter: CounterState): number {
    if (counter.statusLatched) {
      counter.statusLatched = false;
      return counter.latchedStatus;
    }
    if (counter.countLatched !== ACCESS.NONE) return this.readLatch(counter);
    const count = this.current(counter);
    switch (counter.readState) {
      case ACCESS.MSB:
        return count >> 8;
      case ACCESS.WORD_LSB:
        counter.readState = ACCESS.WORD_MSB;
        return count & 0xff;
      case ACCESS.WORD_MSB:
        counter.readState = ACCESS.WORD_LSB;
        return count >> 8;
      default:
        return count & 0xff;
    }
  }

  private readLatch(counter: CounterState): number {
    const latched = counter.countLatched;
    counter.countLatched = latched === ACCESS.WORD_LSB ? ACCESS.MSB : ACCESS.NONE;
    return latched === ACCESS.MSB ? counter.latchedCount >> 8 : counter.latchedCount & 0xff;
  }

  private writeCounter(index: number, value: number): void {
    const counter = this.counter(index);
    switch (counter.writeState) {
      case ACCESS.LSB:
        return this.load(index, value);
      case ACCESS.MSB:
        return this.load(index, value << 8);
      case ACCESS.WORD_LSB:
        counter.writeLatch = value;
        counter.writeState = ACCESS.WORD_MSB;
        if (counter.mode === 0) this.halt(index); // the first byte stops mode 0, OUT goes low
        return;
      case ACCESS.WORD_MSB:
        counter.writeState = ACCESS.WORD_LSB;
        this.load(index, counter.writeLatch | (value << 8));
        counter.writeLatch = 0;
        return;
      default:
        return; // no control word yet: the write is lost
    }
  }

  private halt(index: number): void {
    const counter = this.counter(index);
    counter.held = binaryCountAt(counter, this.tick());
    counter.loadTick = Infinity;
    counter.stopped = -1;
    counter.started = false;
    this.drive(index, false);
    this.schedule(index);
  }

  /** A whole count was written: when it becomes the counting element is what the modes differ in. */
  private load(index: number, written: number): void {
    const counter = this.counter(index);
    const tick = this.tick();
    settle(counter, tick);
    const count = decode(counter, written);
    const counting = counter.loadTick !== Infinity;
    counter.written = true;
    switch (counter.mode) {
      case 0:
      case 4:
        if (counter.mode === 0) this.drive(index, false);
        this.start(counter, count, tick);
        break;
      case 1:
      case 5:
        if (counting) counter.nextCount = count;
        else counter.count = count;
        break;
      default:
        if (counting) {
          counter.nextCount = count;
          counter.switchTick = nextBoundary(counter, Math.max(tick, counter.loadTick));
        } else if (counter.gate) this.start(counter, count, tick);
        else counter.count = count;
    }
    this.schedule(index);
  }

  /** The counting element is loaded with the next clock. */
  private start(counter: CounterState, count: number, tick: number): void {
    counter.held = binaryCountAt(counter, tick);
    counter.count = count;
    counter.nextCount = 0;
    counter.switchTick = Infinity;
    counter.phase = 0;
    counter.loadTick = tick + 1;
    counter.started = true;
    counter.stopped = counter.gate || counter.mode === 1 || counter.mode === 5 ? -1 : 0;
  }

  private openGate(counter: CounterState, tick: number): void {
    counter.gate = true;
    switch (counter.mode) {
      case 0:
      case 4:
        if (counter.stopped >= 0) counter.loadTick = tick - counter.stopped;
        counter.stopped = -1;
        break;
      default:
        if (counter.written) this.start(counter, counter.nextCount || counter.count, tick);
    }
  }

  private closeGate(counter: CounterState, tick: number): void {
    if (counter.mode === 0 || counter.mode === 4) {
      if (counter.loadTick !== Infinity) counter.stopped = Math.max(0, tick - counter.loadTick);
    } else if (counter.mode === 2 || counter.mode === 3) {
      counter.held = binaryCountAt(counter, tick);
      counter.loadTick = Infinity;
      counter.switchTick = Infinity;
    }
    counter.gate = false;
  }

  private drive(index: number, level: boolean): void {
    this.outputs[index]?.set(level);
  }

  /** Brings the line up to date and arms the timer for the next edge. */
  private schedule(index: number): void {
    const timer = this.timers[index];
    if (!timer) return;
    const counter = this.counter(index);
    const tick = this.tick();
    if (counter.mode !== UNPROGRAMMED) this.drive(index, outAt(counter, tick));
    const edge = nextEdge(counter, tick);
    if (edge === Infinity) timer.cancel();
    else timer.arm(this.crystal.nsOfTick(edge));
  }

  private edge(index: number): void {
    const counter = this.counter(index);
    const tick = this.tick();
    settle(counter, tick);
    if (counter.mode === 2) this.drive(index, false);
    this.schedule(index);
  }
}
