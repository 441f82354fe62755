import type { RunProgress } from './result';

/** What the caller decides about a run; nothing here can change what the guest does. */
export interface RunOptions {
  /** How much of the trace is held: `milestones` keeps only the kinds that the spec needs (no events.jsonl). Default `full`. */
  readonly trace?: 'full' | 'milestones';
  /** Host-side guard in milliseconds; ends the run with outcome `budget`. Default 300 000. */
  readonly wallLimitMs?: number;
  /** Called about every 100 ms of wall time, and when a milestone is met. */
  readonly onProgress?: (progress: RunProgress) => void;
}
