import { ACTIVITY, ACTIVITY_SHUTDOWN } from '../../core/layout/cpu-state';
import { ADDED_NS_HOLDS, FORCED, FORCE_BIAS, REMAINING, RUNNING, SLICE_END, STOP_REQUESTED } from '../../core/layout/run-state';
import type { Instructions } from '../../../quantities/units';
import type { CoreExports, InterpreterExports } from '../core-exports';
import { UNWIND, type HostContext } from '../host-imports';
import type { CoreStop } from '../types';
import { CpuSlots } from './cpu-slots';

/** V8 replaces a running Wasm function by its optimised code only when it is entered anew. */
const SLICE = 2_000_000;

/** Runs the interpreter by slices, and counts what it retires. */
export class RunLoop extends CpuSlots {
  /** Retired before the slice under way; what that slice may retire; what comes after it. */
  protected retired = 0;
  private budget = 0;
  private later = 0;

  constructor(
    vcpus: number,
    context: HostContext,
    exports: CoreExports,
    private readonly interpreter: InterpreterExports,
  ) {
    super(vcpus, context, exports);
  }

  private setBudget(count: Instructions): void {
    this.budget = count;
    this.views.setCount(SLICE_END, this.retired + count);
  }

  private trueRemaining(): number {
    return (this.views.u32(REMAINING) | 0) + (this.views.u32(FORCED) !== 0 ? FORCE_BIAS : 0);
  }

  run(count: Instructions): CoreStop {
    this.between('run');
    this.later = count;
    this.running = true;
    this.views.setU32(STOP_REQUESTED, 0);
    this.timeMoved();
    this.views.setU32(RUNNING, 1);
    try {
      while (this.later > 0) {
        this.setBudget(Math.min(this.later, SLICE));
        this.later -= this.budget;
        this.slice();
        if (this.trueRemaining() > 0) break;
      }
    } finally {
      this.retired += this.budget - this.trueRemaining();
      this.budget = 0;
      this.later = 0;
      this.views.setU32(REMAINING, 0);
      this.views.setU32(FORCED, 0);
      this.views.setU32(RUNNING, 0);
      this.running = false;
    }
    return this.reason();
  }

  /** Runs the interpreter until the budget is used up or it leaves; faults unwind to here and are delivered. */
  private slice(): void {
    this.views.setU32(REMAINING, this.budget);
    this.views.setU32(FORCED, 0);
    this.exports.recheckEvents();
    for (let faulted = false; ;) {
      try {
        if (faulted) {
          faulted = false;
          this.exports.deliverFault();
        }
        this.interpreter.run();
        break;
      } catch (error) {
        if (error !== UNWIND) {
          this.exports.abandon();
          throw error;
        }
        faulted = true;
      }
    }
    if (this.later > 0 && this.trueRemaining() <= 0) {
      this.retired += this.budget - this.trueRemaining();
      this.budget = 0;
      this.views.setU32(REMAINING, 0);
      this.views.setU32(FORCED, 0);
    }
  }

  private reason(): CoreStop {
    if (this.views.u32(ACTIVITY) === ACTIVITY_SHUTDOWN) return 'triple-fault';
    if (this.views.u32(STOP_REQUESTED) !== 0) return 'requested';
    return this.activity(this.selected) === 'running' ? 'budget' : 'halted';
  }

  requestStop(): void {
    if (this.running) this.exports.requestStop();
  }

  timeMoved(): void {
    this.views.setU32(ADDED_NS_HOLDS, 0);
  }

  limitRun(count: Instructions): void {
    if (!this.running) return;
    const wanted = Math.max(0, Math.floor(count));
    const left = this.exports.shorten(Math.min(wanted, SLICE));
    if (wanted < left) {
      this.setBudget(this.budget - (left - wanted));
      this.later = 0;
    } else this.later = Math.min(this.later, wanted - left);
  }

  instructions(): Instructions {
    return this.running ? this.retired + this.budget - this.trueRemaining() - this.exports.notRetired() : this.retired;
  }
}
