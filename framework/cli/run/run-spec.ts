import type { ReportContext } from '../../report/context';
import { runDirectory } from '../../report/save/paths';
import { beginRun, saveRun } from '../../report/save/save-run';
import { packageVersion } from '../../report/save/version';
import { diagnostic } from '../../diagnostics/diagnostic';
import { finishedRun } from '../../run/finished-run';
import { notStarted } from '../../run/not-started';
import type { FinishedRun, RunProgress, RunResult } from '../../run/result';
import { runPlan } from '../../run/run-plan';
import { exitOf } from './exit-code';
import { EXIT } from '../../diagnostics/codes';
import type { PlannedSpec } from '../select';

export type TraceFlag = 'on' | 'off' | 'retain-on-failure';

export interface RunSpecOptions {
  readonly trace: TraceFlag;
  readonly reports: string;
  readonly root: string;
  readonly cwd: string;
  /** How often to run it; with more than once the trace hashes must agree. */
  readonly repeat: number;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

export interface SavedSpec {
  readonly result: RunResult;
  readonly context: ReportContext;
}

/** Runs one spec and saves what it leaves. An error of Milepost itself becomes a result, so that the other specs go on. */
export function runSpec(spec: PlannedSpec, options: RunSpecOptions): SavedSpec {
  const { planned, file } = spec;
  const directory = runDirectory(options.reports, options.root, file);
  beginRun(directory, { name: planned.ok ? planned.plan.name : file, file });
  const run = boot(spec, options);
  const kept = options.trace === 'retain-on-failure' && run.result.outcome === 'passed' ? finishedRun(run.result) : run;
  const versions = { milepost: packageVersion(), node: process.version, specSha256: planned.ok ? planned.plan.specSha256 : '' };
  return { result: run.result, context: saveRun(kept, directory, options.cwd, versions).context };
}

function boot({ planned, file }: PlannedSpec, options: RunSpecOptions): FinishedRun {
  if (!planned.ok) {
    const isBad = planned.diagnostics.some(({ code }) => exitOf(code) === EXIT.badSpec);
    const outcome = isBad ? 'spec-error' : 'could-not-run';
    return finishedRun(notStarted({ name: file, file, outcome, diagnostics: planned.diagnostics }));
  }
  const { plan } = planned;
  const trace = options.trace === 'off' ? 'milestones' : 'full';
  try {
    const first = runPlan(plan, { trace, ...(options.onProgress && { onProgress: options.onProgress }) });
    for (let count = 1; count < options.repeat; count++) {
      const { hash } = runPlan(plan, { trace }).result.trace;
      if (hash !== first.result.trace.hash) return differs(first, hash);
    }
    return first;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')) : [];
    const internal = diagnostic('internal', what, { notes: stack.slice(0, 8).map((line) => ({ kind: 'note', text: line.trim() })) });
    return finishedRun(notStarted({ name: plan.name, file, tags: plan.tags, outcome: 'could-not-run', diagnostics: [internal] }));
  }
}

/** Two runs of one plan gave different traces: an error of Milepost, never of the guest. */
function differs(first: FinishedRun, hash: string): FinishedRun {
  const notes = [first.result.trace.hash, hash].map((text) => ({ kind: 'note' as const, text }));
  const found = diagnostic('internal', 'two runs of the same spec gave different traces', { notes });
  const { result } = first;
  return {
    ...first,
    result: {
      ...result,
      outcome: 'could-not-run',
      exitClass: EXIT.couldNotRun,
      summary: `could-not-run: ${found.what}`,
      diagnostics: [found],
    },
  };
}
