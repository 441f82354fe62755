import { TraceStore } from '../trace/store';
import type { FinishedRun, RunResult } from './result';

/** A result with the events that its run left; without a store there was no run, or they were not kept. */
export function finishedRun(result: RunResult, store = new TraceStore()): FinishedRun {
  return { result, events: (...kinds) => store.events(...kinds), eventLines: () => store.jsonLines() };
}
