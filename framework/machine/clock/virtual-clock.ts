import type { Instructions, Nanoseconds } from '../../quantities/units';
import type { Clock, Timer } from './clock';
import { INSTRUCTION_NS } from './costs';

class VirtualTimer implements Timer {
  deadlineNs: Nanoseconds = Infinity;

  constructor(
    readonly name: string,
    readonly fire: () => void,
    private readonly changed: (timer: VirtualTimer) => void,
  ) {}

  arm(atNs: Nanoseconds): void {
    this.deadlineNs = atNs;
    this.changed(this);
  }

  cancel(): void {
    this.arm(Infinity);
  }
}

/** What a snapshot keeps of a clock: everything but the retired instructions, which the core has. */
export interface SavedClock {
  readonly addedNs: Nanoseconds;
  /** The part of it in which no CPU ran. */
  readonly idleNs: Nanoseconds;
  /** Deadlines of the armed timers, by name. */
  readonly deadlines: Readonly<Record<string, Nanoseconds>>;
}

/**
 * Virtual time = retired instructions (1 ns each) + charged costs + idle time. Timers fire in the order of their
 * deadlines, at the same deadline in the order of their creation, so that a run depends on nothing but the guest.
 */
export class VirtualClock implements Clock {
  private readonly timers: VirtualTimer[] = [];
  private addedNs: Nanoseconds = 0;
  private idledNs: Nanoseconds = 0;
  /** The timer that fires first: undefined when none is armed, null when the queue must be looked through again. */
  private first: VirtualTimer | undefined | null = null;
  /** Until charged time passes this, no deadline is near: see `dueWithin`. */
  private farUntilNs: Nanoseconds = -Infinity;

  /** `moved`: time went on otherwise than by instructions. */
  constructor(
    private readonly retired: () => Instructions,
    private readonly moved: () => void = () => undefined,
  ) {}

  nowNs(): Nanoseconds {
    return this.nsAt(this.retired());
  }

  nsAt(retired: Instructions): Nanoseconds {
    return retired * INSTRUCTION_NS + this.addedNs;
  }

  instructions(): Instructions {
    return this.retired();
  }

  /** All that is not of instructions. */
  chargedNs(): Nanoseconds {
    return this.addedNs;
  }

  charge(ns: Nanoseconds): void {
    this.addedNs += ns;
    this.moved();
  }

  /** @throws Error when the name is taken. */
  timer(name: string, fire: () => void): Timer {
    if (this.timers.some((other) => other.name === name)) throw new Error(`two timers are called ${name}`);
    const timer = new VirtualTimer(name, fire, (changed) => this.deadlineChanged(changed));
    this.timers.push(timer);
    return timer;
  }

  /** Virtual time of the next armed timer, Infinity when none is. */
  nextDeadlineNs(): Nanoseconds {
    return this.next()?.deadlineNs ?? Infinity;
  }

  /** Time skipped so far. */
  idleNs(): Nanoseconds {
    return this.idledNs;
  }

  /**
   * Time to the next deadline when that is less than `reachNs`, else undefined. Asked after every access, so the answer "far" is kept
   * for as long as it must hold when no more than `reachNs` of instructions pass between two calls of `forgetFar`.
   */
  dueWithin(reachNs: Nanoseconds): Nanoseconds | undefined {
    if (this.addedNs < this.farUntilNs) return undefined;
    const dueNs = this.nextDeadlineNs() - this.nowNs();
    this.farUntilNs = this.addedNs + dueNs - 2 * reachNs;
    return dueNs < reachNs ? dueNs : undefined;
  }

  /** How often `ns` can be charged with the answer of `dueWithin` still "far". */
  farCharges(ns: Nanoseconds): number {
    return Math.max(0, Math.floor((this.farUntilNs - this.addedNs) / ns));
  }

  forgetFar(): void {
    this.farUntilNs = -Infinity;
  }

  /** Skips to a moment, as an idle CPU does. Never goes back, and fires nothing. */
  advanceTo(atNs: Nanoseconds): void {
    const ahead = atNs - this.nowNs();
    if (ahead <= 0) return;
    this.idledNs += ahead;
    this.charge(ahead);
  }

  /** Fires every timer that is due now, in order, those included that firing arms for a moment that has come. */
  fireDue(): void {
    const nowNs = this.nowNs();
    for (let timer = this.next(); timer && timer.deadlineNs <= nowNs; timer = this.next()) {
      timer.deadlineNs = Infinity;
      this.first = null;
      timer.fire();
    }
  }

  /** Idles until a moment, firing each timer on the way at its own deadline. */
  idleTo(atNs: Nanoseconds): void {
    for (let next = this.nextDeadlineNs(); next <= atNs; next = this.nextDeadlineNs()) {
      this.advanceTo(next);
      this.fireDue();
    }
    this.advanceTo(atNs);
  }

  save(): SavedClock {
    const armed = this.timers.filter((timer) => timer.deadlineNs !== Infinity);
    return {
      addedNs: this.addedNs,
      idleNs: this.idledNs,
      deadlines: Object.fromEntries(armed.map((timer) => [timer.name, timer.deadlineNs])),
    };
  }

  restore(saved: SavedClock): void {
    this.addedNs = saved.addedNs;
    this.idledNs = saved.idleNs;
    this.first = null;
    for (const timer of this.timers) timer.deadlineNs = saved.deadlines[timer.name] ?? Infinity;
  }

  private next(): VirtualTimer | undefined {
    if (this.first !== null) return this.first;
    let first: VirtualTimer | undefined;
    for (const timer of this.timers) {
      if (timer.deadlineNs !== Infinity && (first === undefined || timer.deadlineNs < first.deadlineNs)) first = timer;
    }
    this.first = first;
    return first;
  }

  private deadlineChanged(timer: VirtualTimer): void {
    const { first } = this;
    this.farUntilNs = -Infinity;
    if (first === null) return;
    const isFirst = first === undefined ? timer.deadlineNs !== Infinity : timer === first || timer.deadlineNs <= first.deadlineNs;
    if (isFirst) this.first = null;
  }
}
