import type { KeyStroke, KeyName } from '../../../quantities/keys';
import type { Nanoseconds } from '../../../quantities/units';
import type { TraceSink } from '../../../trace/sink';
import type { Stateful } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';

/** How long the operator waits before he looks again whether the guest has taken a key. */
const STEP_NS = 1e6;
/** The next key waits for the guest to take what the last one gave, so that no buffer overflows; but not for ever. */
const PATIENCE_NS = 100e6;
const COM1 = 0;

/** Keys to be pressed together; how long they are held, and how long after them the next go down. */
interface Stroke {
  readonly keys: KeyStroke;
  readonly paceNs: Nanoseconds;
}

export interface OperatorState {
  /** What is still to be typed. */
  strokes: Stroke[];
  held: Stroke | undefined;
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

  typeKeys(strokes: readonly KeyStroke[], paceNs: Nanoseconds): void {
    this.state.strokes.push(...strokes.map((keys) => ({ keys, paceNs })));
    if (this.timer.deadlineNs === Infinity) this.timer.arm(this.options.clock.nowNs());
  }

  sendSerial(bytes: readonly number[]): void {
    for (const byte of bytes) this.options.trace.record('serial-input', COM1, byte);
    this.options.send(bytes);
  }

  private act(): void {
    const { state, options } = this;
    let waitNs = STEP_NS;
    if (state.held) waitNs = this.release(state.held);
    else if (state.strokes.length === 0) return;
    else if (options.isKeyboardBusy() && state.waitedNs < PATIENCE_NS) state.waitedNs += STEP_NS;
    else waitNs = this.press(state.strokes.shift()!);
    this.timer.arm(options.clock.nowNs() + waitNs);
  }

  private press(stroke: Stroke): Nanoseconds {
    this.state.waitedNs = 0;
    this.state.held = stroke;
    for (const key of stroke.keys) this.move(key, true);
    return stroke.paceNs;
  }

  private release({ keys, paceNs }: Stroke): Nanoseconds {
    this.state.held = undefined;
    for (const key of [...keys].reverse()) this.move(key, false);
    return paceNs;
  }

  private move(key: KeyName, down: boolean): void {
    this.options.trace.record('key', key, down ? 1 : 0);
    this.options.key(key, down);
  }
}
