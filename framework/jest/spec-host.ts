import { relative } from 'node:path';
import { diagnostic } from '../diagnostics/diagnostic';
import type { Plan, Planned } from '../plan/types';
import type { ReportContext } from '../report/context';
import { failureText, headline } from '../report/failure/failure-text';
import { runDirectory } from '../report/save/paths';
import { beginRun, saveRun } from '../report/save/save-run';
import { packageVersion } from '../report/save/version';
import { specTests, type SpecTest } from '../report/spec-tests';
import { finishedRun } from '../run/finished-run';
import { notStarted } from '../run/not-started';
import { planSpecFile } from '../run/plan-spec-file';
import type { FinishedRun, RunResult } from '../run/result';
import { runPlan } from '../run/run-plan';
import { isAbsent, outlineOf, skipReason } from './outline';
import { reportsDirectory } from './reports-directory';
import type { Failure, SpecGlobal, SpecOutline } from './spec-global';

const WALL_LIMIT_MS = 300_000;
const TEST_SLACK_MS = 60_000;

/** A run and the context in which it is reported. */
interface SavedRun {
  readonly result: RunResult;
  readonly context: ReportContext;
  readonly tests: readonly SpecTest[];
}

/** One spec under jest, outside the sandbox: plans it, boots it once when a test first asks, saves what the run leaves. */
export class SpecHost implements SpecGlobal {
  readonly timeoutMs = WALL_LIMIT_MS + TEST_SLACK_MS;
  readonly outline: SpecOutline;
  private readonly planned: Planned;
  private readonly directory: string;
  private saved: SavedRun | undefined;
  private told = false;

  constructor(
    private readonly file: string,
    private readonly rootDir: string,
    ci: boolean,
  ) {
    this.directory = runDirectory(reportsDirectory(rootDir), rootDir, file);
    this.planned = planSpecFile(file, { root: rootDir });
    this.outline = outlineOf(this.planned, relative(rootDir, file), ci);
    const reason = skipReason(this.planned, ci);
    if (reason !== undefined) this.saved = this.save(finishedRun(this.withoutBoot('skipped', reason)));
  }

  verdict(index: number): Failure | undefined {
    const { result, context, tests } = (this.saved ??= this.boot());
    const test = tests[index];
    if (test && test.status !== 'failed') return undefined;
    const first = !this.told;
    this.told = true;
    const message = first ? failureText(result, context) : (test?.message ?? `not reached: ${headline(result)}`);
    return { message, place: `${relative(this.rootDir, this.file)}:${test?.line ?? 1}:${test?.column ?? 1}` };
  }

  /** The run, once a test has asked for it. */
  get run(): SavedRun | undefined {
    return this.saved;
  }

  private boot(): SavedRun {
    const { planned } = this;
    if (planned.ok) {
      this.begin();
      return this.save(this.runOrExplain(planned.plan));
    }
    return this.save(finishedRun(this.withoutBoot(isAbsent(planned) ? 'could-not-run' : 'spec-error')));
  }

  /** An error of Milepost itself becomes a result, so that it is reported as any other and the spec is not booted again. */
  private runOrExplain(plan: Plan): FinishedRun {
    try {
      return runPlan(plan, { trace: 'full', wallLimitMs: WALL_LIMIT_MS });
    } catch (error) {
      const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
      const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
      const notes = frames.slice(0, 8).map((line) => ({ kind: 'note' as const, text: line.trim() }));
      const diagnostics = [diagnostic('internal', message, { notes })];
      return finishedRun(notStarted({ name: plan.name, file: this.file, outcome: 'could-not-run', diagnostics }));
    }
  }

  private withoutBoot(outcome: 'skipped' | 'spec-error' | 'could-not-run', reason?: string): RunResult {
    const { planned } = this;
    const name = planned.ok ? planned.plan.name : relative(this.rootDir, this.file);
    const diagnostics = planned.ok ? [] : planned.diagnostics;
    this.begin();
    return notStarted({ name, file: this.file, outcome, diagnostics, ...(reason !== undefined && { skipReason: reason }) });
  }

  private begin(): void {
    beginRun(this.directory, { name: this.outline.title, file: relative(this.rootDir, this.file) });
  }

  private save(run: FinishedRun): SavedRun {
    const specSha256 = this.planned.ok ? this.planned.plan.specSha256 : '';
    const versions = { milepost: packageVersion(), node: process.version, specSha256 };
    const { context } = saveRun(run, this.directory, this.rootDir, versions);
    return { result: run.result, context, tests: specTests(run.result, context) };
  }
}
