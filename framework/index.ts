/** Public API: read a spec and boot it. */
export { planSpecFile as loadSpec } from './run/plan-spec-file';
export { runPlan } from './run/run-plan';
export { runSpecFile } from './run/run-spec-file';
export type { FinishedRun, RunResult } from './run/result';
