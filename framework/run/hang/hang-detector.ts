import type { Machine } from '../../machine/types';
import type { Recorder } from '../../trace/recorder';
import type { HangReport } from '../result';
import { HANG_LIMITS } from './limits';
import { LoopTracer } from './loop-trace';
import type { Loop, Stepper } from './loop-trace';
import { PollWindow } from './poll-window';
import { loopVerdict } from './verdict';

const PAGE_BITS = 12n;
/** A loop may call a helper elsewhere. */
const PAGES_MAX = 3;

/**
 * Finds loops that can never end. Asked between slices of the run; samples where the guest is, and only when it stays within
 * a few pages steps through it to see whether its state repeats. Time sources never look like a hang: a loop that reads one
 * does not read the same twice; and memory that an interrupt handler may change is not waited for in vain while one can run.
 */
export class HangDetector {
  #samples: bigint[] = [];
  #nextSample: number = HANG_LIMITS.sampleInstructions;
  #nextLook = 0;
  #backoff: number = HANG_LIMITS.backoffInstructions;
  #pages = '';
  #window: PollWindow | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly recorder: Recorder,
    private readonly step: Stepper,
  ) {}

  /** Instructions until the next sample. */
  until(instructions: number): number {
    return this.#nextSample - instructions;
  }

  /** Something is on its way to the guest that no loop stands against: looks again later. */
  rest(): undefined {
    const now = this.machine.core.instructions();
    if (now < this.#nextSample) return undefined;
    this.#nextSample = now + HANG_LIMITS.sampleInstructions;
    this.#samples = [];
    return this.#window && this.#drop();
  }

  /** A verdict when the guest hangs. May step the guest forward. */
  observe(): HangReport | undefined {
    const { core } = this.machine;
    const now = core.instructions();
    if (now < this.#nextSample) return undefined;
    this.#nextSample = now + HANG_LIMITS.sampleInstructions;
    this.#samples = [...this.#samples, (BigInt(core.cs) << 64n) | (core.ip >> PAGE_BITS)].slice(-HANG_LIMITS.samples);
    if (this.#window !== undefined) return this.#follow(this.#window, now);
    return this.#isStaying(now) ? this.look(this.#isFirstLook() ? HANG_LIMITS.firstSteps : HANG_LIMITS.steps) : undefined;
  }

  #isStaying(now: number): boolean {
    if (this.#samples.length < HANG_LIMITS.samples) return false;
    const pages = [...new Set(this.#samples)].sort();
    if (pages.length > PAGES_MAX) return false;
    const key = pages.join();
    if (key !== this.#pages) {
      this.#pages = key;
      this.#backoff = HANG_LIMITS.backoffInstructions;
      this.#nextLook = now;
    }
    return now >= this.#nextLook;
  }

  #isFirstLook(): boolean {
    return this.#backoff === HANG_LIMITS.backoffInstructions;
  }

  /** Looks for a loop at once, wherever the guest is: for a run that is over its budget. */
  look(steps: number = HANG_LIMITS.steps): HangReport | undefined {
    if (this.#othersRun()) return undefined;
    const loop = new LoopTracer(this.machine, this.recorder, this.step, steps).trace();
    const now = this.machine.core.instructions();
    this.#nextLook = now + this.#backoff;
    if (loop === undefined) {
      this.#backoff = Math.min(HANG_LIMITS.backoffMax, this.#backoff * 2);
      return undefined;
    }
    const isQuiet = this.machine.nextEventNs() === Infinity;
    const isClosed = !loop.isInterruptible || isQuiet;
    if (loop.deviceReads.length === 0 && isClosed && (loop.memoryReads.length === 0 || isQuiet)) {
      return loopVerdict(this.machine, loop, loop.memoryReads.length > 0 ? 'memory-poll' : 'state-repeats', 2);
    }
    if (loop.deviceReads.length > 0 || isClosed) this.#open(loop);
    return undefined;
  }

  #open(loop: Loop): void {
    this.#window?.close();
    this.#window = new PollWindow(loop, this.recorder, this.machine.core.instructions(), this.machine.clock.nowNs());
  }

  #follow(window: PollWindow, now: number): HangReport | undefined {
    if (window.isBroken) return this.#drop();
    const { loop } = window;
    const spent = now - window.startInstructions;
    const spentNs = this.machine.clock.nowNs() - window.startNs;
    const limit = this.#limit(loop);
    if (spent < limit.instructions || spentNs < limit.ns) return undefined;
    const isPort = loop.deviceReads.length > 0;
    if (isPort && window.rounds * loop.ips.length < spent * HANG_LIMITS.share) return this.#drop();
    // The same loop, with the same registers and values, must still be what runs.
    const again = this.#othersRun() ? undefined : new LoopTracer(this.machine, this.recorder, this.step).trace();
    if (again?.signature !== loop.signature || !sameReads(again, loop)) return this.#drop();
    window.close();
    return loopVerdict(
      this.machine,
      loop,
      isPort ? 'port-poll' : 'memory-poll',
      isPort ? window.rounds : Math.floor(spent / loop.ips.length),
    );
  }

  #limit(loop: Loop): { readonly instructions: number; readonly ns: number } {
    const isQuiet = this.machine.nextEventNs() === Infinity;
    if (loop.deviceReads.length === 0) return { instructions: HANG_LIMITS.memoryPollInstructions, ns: HANG_LIMITS.memoryPollNs };
    if (isQuiet) return { instructions: HANG_LIMITS.quietPollInstructions, ns: 0 };
    if (loop.isInterruptible && loop.memoryReads.length > 0) {
      return { instructions: HANG_LIMITS.watchedPollInstructions, ns: HANG_LIMITS.watchedPollNs };
    }
    return { instructions: HANG_LIMITS.pollInstructions, ns: HANG_LIMITS.pollNs };
  }

  #drop(): undefined {
    this.#window?.close();
    this.#window = undefined;
    this.#backoff = Math.min(HANG_LIMITS.backoffMax, this.#backoff * 2);
    this.#nextLook = this.machine.core.instructions() + this.#backoff;
    return undefined;
  }

  /** Another CPU that runs may change what this one waits for. */
  #othersRun(): boolean {
    const { core } = this.machine;
    for (let vcpu = 0; vcpu < core.vcpus; vcpu++) if (vcpu !== core.current && core.activity(vcpu) === 'running') return true;
    return false;
  }
}

function sameReads(left: Loop, right: Loop): boolean {
  return (
    left.memoryReads.length === right.memoryReads.length &&
    left.memoryReads.every(
      (read, index) => read.linear === right.memoryReads[index]?.linear && read.value === right.memoryReads[index].value,
    )
  );
}
