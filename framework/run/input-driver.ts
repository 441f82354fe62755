import type { Timer } from '../machine/clock/clock';
import type { Machine } from '../machine/types';
import type { MatchContext, Tracker } from '../milestones/matcher';
import { MATCHERS } from '../milestones/registry';
import type { InputPlan } from '../plan/types';
import type { TraceEvent } from '../trace/events';
import type { Recorder } from '../trace/recorder';

/** Gives the guest its inputs, in order: each waits for its `when`, from the moment when the one before was given. */
export class InputDriver {
  #given = 0;
  #occurrences = 0;
  #tracker: Tracker | undefined;
  #unsubscribe: (() => void)[] = [];
  readonly #delay: Timer;

  constructor(
    private readonly specs: readonly InputPlan[],
    private readonly context: MatchContext,
    private readonly recorder: Recorder,
    private readonly machine: Pick<Machine, 'clock' | 'typeKeys' | 'sendSerial' | 'changeDiskette' | 'changeDisc'>,
    /** Called, possibly within an instruction, when what is waited for has changed. */
    private readonly changed: () => void,
  ) {
    this.#delay = machine.clock.timer('input', () => this.#give());
  }

  /** The input that is still waiting; undefined when all were given. */
  get waiting(): InputPlan | undefined {
    return this.specs[this.#given];
  }

  /** An input only waits for its time: whatever the guest does, it will come. */
  get isComing(): boolean {
    return this.waiting !== undefined && this.#tracker === undefined;
  }

  /** An input to come is found in guest memory. */
  get scansMemory(): boolean {
    return this.specs.slice(this.#given).some(({ when }) => when && MATCHERS[when.key].scans === 'memory');
  }

  /** The input in turn waits for something that must be asked at scans. */
  get isPolled(): boolean {
    return this.#tracker?.poll !== undefined;
  }

  /** Begins to wait for the first input, before the first instruction. */
  begin(): void {
    this.#next();
  }

  poll(): void {
    while (this.#tracker?.poll?.() !== undefined) this.#happened();
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#unsubscribe = [];
    this.#tracker?.stop?.();
    this.#tracker = undefined;
  }

  #next(): void {
    this.stop();
    this.#occurrences = 0;
    const spec = this.waiting;
    if (!spec) return;
    if (!spec.when) {
      this.#wait(spec);
      return;
    }
    const matcher = MATCHERS[spec.when.key];
    const tracker = matcher.start(spec.when, this.context);
    this.#tracker = tracker;
    this.#unsubscribe = matcher.kinds.map((kind) => this.recorder.subscribe(kind, (event) => this.#feed(tracker, event as TraceEvent)));
  }

  #feed(tracker: Tracker, event: TraceEvent): void {
    if (tracker === this.#tracker && tracker.feed(event) !== undefined) this.#happened();
  }

  #happened(): void {
    const spec = this.waiting;
    if (!spec?.when || ++this.#occurrences < spec.when.count) return;
    this.stop();
    this.#wait(spec);
  }

  #wait({ afterNs }: InputPlan): void {
    this.#delay.arm(this.machine.clock.nowNs() + afterNs);
    this.changed();
  }

  #give(): void {
    const spec = this.waiting;
    if (!spec) return;
    this.#given++;
    if (spec.diskette !== undefined) this.machine.changeDiskette(spec.diskette < 0 ? undefined : spec.diskette);
    if (spec.disc !== undefined) this.machine.changeDisc(spec.disc < 0 ? undefined : spec.disc);
    if (spec.keys.length > 0) this.machine.typeKeys(spec.keys, spec.paceNs);
    if (spec.serial.length > 0) this.machine.sendSerial(spec.serial);
    this.#next();
    this.changed();
  }
}
