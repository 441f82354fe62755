import type { Instructions, Nanoseconds } from '../../quantities/units';

/** A one-shot timer on the virtual clock. Its deadline is plain state; what it does is wiring. */
export interface Timer {
  /** Virtual time at which it fires, or Infinity when not armed. */
  readonly deadlineNs: number;
  /** (Re)arms it; a time in the past fires at the next instruction boundary. */
  arm(atNs: Nanoseconds): void;
  cancel(): void;
}

/** Virtual time: retired instructions (1 ns each) + declared device costs + halted time. */
export interface Clock {
  nowNs(): Nanoseconds;
  /** `nowNs`, for those who know how many instructions have retired. */
  nsAt(retired: Instructions): Nanoseconds;
  instructions(): Instructions;
  /** Adds the declared cost of a device access or VM exit to virtual time. */
  charge(ns: Nanoseconds): void;
  /** Creates a timer; `name` must be unique in the machine (it keys the timer's state in a snapshot). */
  timer(name: string, fire: () => void): Timer;
}
