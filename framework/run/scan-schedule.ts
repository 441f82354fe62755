import type { Recorder } from '../trace/recorder';

const NEWLINE = 10;

/** When guest memory and screen are looked at: regularly, and at events after which something is likely to have come to stand. */
export class ScanSchedule {
  #isRequested = false;
  #last = 0;

  constructor(
    recorder: Recorder,
    private readonly isNeeded: () => boolean,
    private readonly requestStop: () => void,
  ) {
    recorder.subscribe('mode', () => this.#suggest());
    recorder.subscribe('hypercall', () => this.#suggest());
    recorder.subscribe('debug-console', ({ byte }) => {
      if (byte === NEWLINE) this.#suggest();
    });
  }

  #suggest(): void {
    if (this.isNeeded()) this.request();
  }

  /** Asks for a scan between this instruction and the next. */
  request(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    this.requestStop();
  }

  isDue(instructions: number, interval: number): boolean {
    return this.#isRequested || instructions - this.#last >= interval;
  }

  done(instructions: number): void {
    this.#isRequested = false;
    this.#last = instructions;
  }
}
