import type { MilestoneSpec } from '../spec/types';
import type { Guard, GuestRun } from './guest-run';
import type { RunOptions } from './options';

const WALL_LIMIT_MS = 300_000;
const PROGRESS_MS = 100;

/** The host's side of a run: wall-clock limit, and word of how far it has come. Nothing here reaches the guest. */
export class ProgressGuard implements Guard {
  readonly #started = performance.now();
  #reported = 0;
  #reportedMet = -1;
  #run: GuestRun | undefined;
  #milestones: readonly MilestoneSpec[] = [];

  constructor(
    private readonly options: RunOptions,
    private readonly total: number,
  ) {}

  watch(run: GuestRun, milestones: readonly MilestoneSpec[]): void {
    this.#run = run;
    this.#milestones = milestones;
  }

  wallMs(): number {
    return performance.now() - this.#started;
  }

  isOver(): boolean {
    return this.wallMs() > (this.options.wallLimitMs ?? WALL_LIMIT_MS);
  }

  tick(): void {
    const run = this.#run;
    if (run === undefined || this.options.onProgress === undefined) return;
    const milestonesMet = run.sequence.met.length;
    const wallMs = this.wallMs();
    if (milestonesMet === this.#reportedMet && wallMs - this.#reported < PROGRESS_MS) return;
    this.#reported = wallMs;
    this.#reportedMet = milestonesMet;
    const last = this.#milestones[milestonesMet - 1];
    const { instructions, atNs } = run.now();
    this.options.onProgress({
      milestonesMet,
      milestonesTotal: this.total,
      ...(last && { lastMet: last.label }),
      instructions,
      atNs,
      wallMs,
    });
  }
}
