import type { Clock, Timer } from '../../clock/clock';
import { Frequency } from '../../clock/frequency';

export interface ApicTimerState {
  /** Bus tick at which the counter held `count`. */
  baseTick: number;
  /** 0: stopped. */
  count: number;
  initial: number;
  /** Bus ticks per count, 1 to 128. */
  divide: number;
  periodic: boolean;
  /** The LVT entry lets the interrupt through; only then is there anything to wake up for. */
  unmasked: boolean;
}

export function powerOnTimer(): ApicTimerState {
  return { baseTick: 0, count: 0, initial: 0, divide: 2, periodic: false, unmasked: false };
}

/** Bus ticks per count of a divide configuration register: bits 3, 1, 0 (SDM vol. 3, fig. 11-10). */
export function divideValue(register: number): number {
  const code = (register & 3) | ((register >> 1) & 4);
  return code === 7 ? 1 : 2 << code;
}

/** The timer of a local APIC, computed from virtual time; expiries that were missed while nobody looked are one. */
export class ApicTimer {
  private readonly crystal: Frequency;
  private readonly timer: Timer;

  constructor(
    name: string,
    private readonly clock: Clock,
    busHz: number,
    private readonly state: () => ApicTimerState,
    private readonly expired: () => void,
  ) {
    this.crystal = new Frequency(busHz);
    this.timer = clock.timer(name, () => this.fire());
  }

  current(): number {
    this.settle();
    const { count } = this.state();
    return count === 0 ? 0 : count - this.elapsed();
  }

  /** Writing the initial count (re)starts the timer, 0 stops it. */
  start(initial: number): void {
    const state = this.state();
    state.baseTick = this.tick();
    state.initial = initial;
    state.count = initial;
    this.schedule();
  }

  setDivide(divide: number): void {
    const count = this.current();
    const state = this.state();
    state.count = count;
    state.baseTick = this.tick();
    state.divide = divide;
    this.schedule();
  }

  setMode(periodic: boolean, unmasked: boolean): void {
    this.settle();
    const state = this.state();
    state.periodic = periodic;
    state.unmasked = unmasked;
    this.schedule();
  }

  private tick(): number {
    return this.crystal.ticksAt(this.clock.nowNs());
  }

  private elapsed(): number {
    const { baseTick, divide } = this.state();
    return Math.floor((this.tick() - baseTick) / divide);
  }

  /** Moves the base past the expiries until now. */
  private settle(): void {
    const state = this.state();
    if (state.count === 0) return;
    const over = this.elapsed() - state.count;
    if (over < 0) return;
    if (!state.periodic) {
      state.count = 0;
      return;
    }
    const cycles = Math.floor(over / state.initial);
    state.baseTick += (state.count + cycles * state.initial) * state.divide;
    state.count = state.initial;
  }

  private fire(): void {
    this.settle();
    this.schedule();
    this.expired();
  }

  private schedule(): void {
    const { count, unmasked, baseTick, divide } = this.state();
    if (count === 0 || !unmasked) this.timer.cancel();
    else this.timer.arm(this.crystal.nsOfTick(baseTick + count * divide));
  }
}
