import { basename, resolve } from 'node:path';
import { CODES, EXIT } from '../diagnostics/codes';
import { finishedRun } from './finished-run';
import { notStarted } from './not-started';
import type { RunOptions } from './options';
import { planSpecFile } from './plan-spec-file';
import { runPlan } from './run-plan';
import type { FinishedRun } from './result';

interface RunFileOptions extends RunOptions {
  /** The user's project, where firmware/ and disk-images/ are looked for first. Default: the working directory. */
  readonly root?: string;
}

/** Reads, plans and runs one spec. Never throws: what is wrong stands in the result. */
export function runSpecFile(path: string, options: RunFileOptions = {}): FinishedRun {
  const file = resolve(path);
  const planned = planSpecFile(file, { root: options.root ?? process.cwd() });
  if (planned.ok) return runPlan(planned.plan, options);
  const { diagnostics } = planned;
  const isSpecBad = diagnostics.some(({ code }) => CODES[code].exit === EXIT.badSpec);
  return finishedRun(notStarted({ name: basename(file), file, outcome: isSpecBad ? 'spec-error' : 'could-not-run', diagnostics }));
}
