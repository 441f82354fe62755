import type { Recorder } from '../../trace/recorder';
import { deviceReadOf } from './loop-trace';
import type { DeviceRead, Loop } from './loop-trace';

/** Watches that the devices which a loop polls always answer the same. */
export class PollWindow {
  #isBroken = false;
  #reads = 0;
  readonly #expected: ReadonlyMap<string, ReadonlySet<number>>;
  readonly #stops: (() => void)[];

  constructor(
    readonly loop: Loop,
    recorder: Recorder,
    readonly startInstructions: number,
    readonly startNs: number,
  ) {
    const expected = new Map<string, Set<number>>();
    for (const read of loop.deviceReads) {
      const values = expected.get(key(read)) ?? new Set();
      expected.set(key(read), values.add(read.value));
    }
    this.#expected = expected;
    this.#stops = [
      recorder.subscribe('port-read', (event) => this.#note(deviceReadOf(event))),
      recorder.subscribe('mmio-read', (event) => this.#note(deviceReadOf(event))),
    ];
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Rounds of the loop seen in the window. */
  get rounds(): number {
    return Math.floor(this.#reads / Math.max(1, this.loop.deviceReads.length));
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #note(read: DeviceRead | undefined): void {
    const values = read === undefined ? undefined : this.#expected.get(key(read));
    if (read === undefined || values === undefined) return;
    this.#reads++;
    if (!values.has(read.value)) this.#isBroken = true;
  }
}

function key({ kind, address }: DeviceRead): string {
  return `${kind} ${address}`;
}
