import type { Details, MatchContext, Tracker } from '../milestones/matcher';
import { MATCHERS } from '../milestones/registry';
import type { MilestoneSpec } from '../spec/types';
import type { TraceEvent } from '../trace/events';
import type { Recorder } from '../trace/recorder';
import type { Explanation } from '../milestones/matcher';

/** A point of the run. */
export interface RunMoment {
  readonly instructions: number;
  readonly atNs: number;
}

export interface Met extends RunMoment {
  readonly seq: number;
  readonly vcpu: number;
  readonly details: Details;
}

/**
 * The ordered list of milestones: each begins to look after the one before was met; anything else may happen in between.
 * It stops at the last one, or when a `within` has run out.
 */
export class MilestoneSequence {
  readonly met: Met[] = [];
  #tracker: Tracker | undefined;
  #unsubscribe: (() => void)[] = [];
  #occurrences = 0;
  #lastSeen: { readonly index: number; readonly instructions: number } | undefined;
  /** Index of the milestone whose `within` ran out. */
  #timedOut: number | undefined;
  #explanation: Explanation | undefined;

  constructor(
    private readonly specs: readonly MilestoneSpec[],
    private readonly context: MatchContext,
    private readonly recorder: Recorder,
    private readonly now: () => RunMoment & { readonly vcpu: number },
    /** Called, possibly within an instruction, when the list has moved on or stopped. */
    private readonly changed: () => void,
  ) {}

  get isComplete(): boolean {
    return this.met.length === this.specs.length;
  }

  get timedOut(): number | undefined {
    return this.#timedOut;
  }

  /** True when some milestone still to come is found in guest memory. */
  get willScanMemory(): boolean {
    return this.specs.slice(this.met.length).some(({ key }) => MATCHERS[key].scans === 'memory');
  }

  /** True while the milestone that is looked for has a `within` in virtual time. */
  get isTimed(): boolean {
    return this.#limit()?.unit === 'ns';
  }

  /** True while the milestone that is looked for must be asked at scans. */
  get isPolled(): boolean {
    return this.#tracker?.poll !== undefined;
  }

  /** Why the milestone that was looked for last was not met; undefined when all were. */
  get explanation(): Explanation | undefined {
    return this.#explanation ?? this.#tracker?.explainMiss();
  }

  /** Begins to look for the first milestone, before the first instruction. */
  begin(): void {
    this.#next();
  }

  /** Asks a milestone on the machine's state, at a scan. Goes on as far as it is met. */
  poll(): void {
    for (let details = this.#tracker?.poll?.(); details !== undefined; details = this.#tracker?.poll?.()) {
      this.#happened({ ...this.now(), seq: this.recorder.store.size, details });
    }
  }

  /** Instructions that may still be spent before `within` of the milestone in turn has run out; Infinity without one. */
  instructionsLeft(): number {
    const limit = this.#limit();
    if (limit?.unit !== 'instructions') return Infinity;
    return limit.end - this.now().instructions + 1;
  }

  /** To be asked between slices: marks the milestone in turn as timed out when its `within` is over. */
  checkTime(): void {
    const limit = this.#limit();
    const now = this.now();
    if (limit !== undefined && (limit.unit === 'ns' ? now.atNs : now.instructions) > limit.end) this.#timeOut();
  }

  /** Disarms everything; the explanation of a miss is kept. */
  stop(): void {
    this.#explanation ??= this.#tracker?.explainMiss();
    this.#leave();
    this.#tracker = undefined;
  }

  #next(): void {
    this.#leave();
    this.#tracker = undefined;
    this.#occurrences = 0;
    const spec = this.specs[this.met.length];
    if (spec === undefined) return;
    const matcher = MATCHERS[spec.key];
    const tracker = matcher.start(spec, this.context);
    this.#tracker = tracker;
    this.#unsubscribe = matcher.kinds.map((kind) => this.recorder.subscribe(kind, (event) => this.#feed(tracker, event as TraceEvent)));
  }

  #leave(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#unsubscribe = [];
    this.#tracker?.stop?.();
  }

  #feed(tracker: Tracker, event: TraceEvent): void {
    if (tracker !== this.#tracker || this.#timedOut !== undefined) return;
    const details = tracker.feed(event);
    if (details === undefined) return;
    const { instructions, atNs, vcpu, seq } = event;
    this.#happened({ instructions, atNs, vcpu, seq, details });
  }

  #happened(met: Met): void {
    const spec = this.specs[this.met.length];
    if (spec === undefined || this.#timedOut !== undefined) return;
    const limit = this.#limit();
    if (limit !== undefined && (limit.unit === 'ns' ? met.atNs : met.instructions) > limit.end) {
      this.#timeOut();
      return;
    }
    this.#lastSeen = { index: this.met.length, instructions: met.instructions };
    if (++this.#occurrences < spec.count) return;
    this.met.push(met);
    this.#next();
    this.changed();
  }

  #timeOut(): void {
    this.#timedOut = this.met.length;
    this.#explanation = this.#tracker?.explainMiss();
    this.#leave();
    this.#tracker = undefined;
    this.changed();
  }

  #limit(): { readonly unit: 'instructions' | 'ns'; readonly end: number } | undefined {
    const spec = this.specs[this.met.length];
    if (spec?.within === undefined) return undefined;
    const base = spec.from < 0 ? undefined : this.met[spec.from];
    const { unit, amount } = spec.within;
    return { unit, end: amount + (unit === 'ns' ? (base?.atNs ?? 0) : (base?.instructions ?? 0)) };
  }

  /** The milestone that came last, met or one of its `count`. */
  get lastSeen(): { readonly index: number; readonly instructions: number } | undefined {
    return this.#lastSeen;
  }

  /** Occurrences of the milestone in turn so far, for `count`. */
  get occurrences(): number {
    return this.#occurrences;
  }
}
