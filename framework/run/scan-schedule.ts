import type { Recorder } from '../trace/recorder';

const NEWLINE = 10;
/** Events that suggest a look come in bursts: looks for their sake are at least so far apart. */
const APART_INSTRUCTIONS = 2_000;

/** When guest memory and screen are looked at: regularly, and at events after which something is likely to have come to stand. */
export class ScanSchedule {
  #isRequested = false;
  #last = 0;

  #unsubscribe: (() => void)[] = [];

  constructor(
    private readonly recorder: Recorder,
    private readonly isNeeded: () => boolean,
    private readonly requestStop: () => void,
  ) {}

  /** Follows events only while what is awaited is found by looking: mode changes are many. */
  follow(): void {
    if (this.isNeeded() === this.#unsubscribe.length > 0) return;
    if (this.#unsubscribe.length > 0) {
      for (const unsubscribe of this.#unsubscribe) unsubscribe();
      this.#unsubscribe = [];
      return;
    }
    const { recorder } = this;
    this.#unsubscribe = [
      recorder.subscribe('mode', ({ instructions }) => this.#suggest(instructions)),
      recorder.subscribe('hypercall', ({ instructions }) => this.#suggest(instructions)),
      recorder.subscribe('debug-console', ({ byte, instructions }) => {
        if (byte === NEWLINE) this.#suggest(instructions);
      }),
    ];
  }

  #suggest(instructions: number): void {
    if (instructions - this.#last >= APART_INSTRUCTIONS) this.request();
  }

  /** Asks for a scan between this instruction and the next. */
  request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    this.requestStop();
  }

  /** Instructions until the next regular scan. */
  until(instructions: number, interval: number): number {
    return this.#last + interval - instructions;
  }

  isDue(instructions: number, interval: number): boolean {
    return this.#isRequested || instructions - this.#last >= interval;
  }

  done(instructions: number): void {
    this.#isRequested = false;
    this.#last = instructions;
  }
}
