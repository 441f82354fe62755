import type { Details, MatchContext, Tracker } from '../milestones/matcher';
import { MATCHERS } from '../milestones/registry';
import type { MilestoneSpec } from '../spec/types';
import type { TraceEvent } from '../trace/events';
import type { Recorder } from '../trace/recorder';
import type { RunMoment } from './milestone-sequence';

export interface Violation extends RunMoment {
  readonly index: number;
  readonly details: Details;
}

/** Conditions that must not come true at any instruction of the run. The first that does ends it. */
export class NeverWatch {
  #violation: Violation | undefined;
  readonly #trackers: Tracker[] = [];
  readonly #unsubscribe: (() => void)[] = [];

  constructor(
    private readonly specs: readonly MilestoneSpec[],
    private readonly context: MatchContext,
    private readonly recorder: Recorder,
    private readonly now: () => RunMoment,
    private readonly violated: () => void,
  ) {}

  get violation(): Violation | undefined {
    return this.#violation;
  }

  /** Some condition is looked for in guest memory. */
  get scansMemory(): boolean {
    return this.specs.some(({ key }) => MATCHERS[key].scans === 'memory');
  }

  /** Some condition must be asked at scans. */
  get isPolled(): boolean {
    return this.specs.some(({ key }) => MATCHERS[key].scans !== undefined);
  }

  begin(): void {
    this.specs.forEach((spec, index) => {
      const matcher = MATCHERS[spec.key];
      const tracker = matcher.start(spec, this.context);
      this.#trackers.push(tracker);
      for (const kind of matcher.kinds) {
        this.#unsubscribe.push(this.recorder.subscribe(kind, (event) => this.#feed(index, tracker, event as TraceEvent)));
      }
    });
  }

  poll(): void {
    this.#trackers.forEach((tracker, index) => this.#note(index, tracker.poll?.(), this.now()));
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const tracker of this.#trackers) tracker.stop?.();
  }

  #feed(index: number, tracker: Tracker, event: TraceEvent): void {
    if (this.#violation === undefined) this.#note(index, tracker.feed(event), event);
  }

  #note(index: number, details: Details | undefined, { instructions, atNs }: RunMoment): void {
    if (details === undefined || this.#violation !== undefined) return;
    this.#violation = { index, instructions, atNs, details };
    this.violated();
  }
}
