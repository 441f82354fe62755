import type { KeyStroke, KeyName } from '../../../quantities/keys';
import type { Nanoseconds } from '../../../quantities/units';
import type { TraceSink } from '../../../trace/sink';
import type { Stateful } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';

/** How long a key is held, and how long after it the next one goes down. */
const STEP_NS = 1e6;
/** The next key waits for the guest to take what the last one gave, so that no buffer overflows; but not for ever. */
const PATIENCE_NS = 100e6;
const COM1 = 0;

export interface OperatorState {
  /** What is still to be typed. */
  strokes: KeyStroke[];
  held: KeyStroke | undefined;
  waitedNs: Nanoseconds;
}

export interface OperatorOptions {
  readonly clock: Clock;
  readonly trace: TraceSink;
  readonly key: (name: KeyName, down: boolean) => void;
  /** The guest has not taken all that the keyboard had to send. */
  readonly isKeyboardBusy: () => boolean;
  readonly send: (bytes: readonly number[]) => void;
}

/** The person at the keyboard and the program at the far end of COM1. A reset of the machine does not stop them. */
export class Operator implements Stateful<OperatorState> {
  readonly name = 'operator';
  readonly state: OperatorState = { strokes: [], held: undefined, waitedNs: 0 };
  private readonly timer: Timer;

  constructor(private readonly options: OperatorOptions) {
    this.timer = options.clock.timer('operator', () => this.act());
  }

  typeKeys(strokes: readonly KeyStroke[]): void {
    this.state.strokes.push(...strokes);
    if (this.timer.deadlineNs === Infinity) this.timer.arm(this.options.clock.nowNs());
  }

  sendSerial(bytes: readonly number[]): void {
    for (const byte of bytes) this.options.trace.record('serial-input', COM1, byte);
    this.options.send(bytes);
  }

  private act(): void {
    const { state, options } = this;
    if (state.held) this.release(state.held);
    else if (state.strokes.length === 0) return;
    else if (options.isKeyboardBusy() && state.waitedNs < PATIENCE_NS) state.waitedNs += STEP_NS;
    else this.press(state.strokes.shift()!);
    this.timer.arm(options.clock.nowNs() + STEP_NS);
  }

  private press(keys: KeyStroke): void {
    this.state.waitedNs = 0;
    this.state.held = keys;
    for (const key of keys) this.move(key, true);
  }

  private release(keys: KeyStroke): void {
    this.state.held = undefined;
    for (const key of [...keys].reverse()) this.move(key, false);
  }

  private move(key: KeyName, down: boolean): void {
    this.options.trace.record('key', key, down ? 1 : 0);
    this.options.key(key, down);
  }
}
