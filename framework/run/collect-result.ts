import { checkAll } from '../expectations/registry';
import type { EndState } from '../expectations/expectation';
import type { Machine } from '../machine/types';
import type { TrackedTable } from '../milestones/scan/table-scanner';
import type { Plan } from '../plan/types';
import { PAGE_BYTES } from '../quantities/units';
import { eventText } from '../trace/event-text';
import { lastEvents } from '../trace/query';
import type { Recorder } from '../trace/recorder';
import type { ConsoleLog } from './console-log';
import { cpuReports } from './cpu-report';
import { diagnose } from './diagnose';
import { endState } from './end-state';
import { outcomeOf } from './ends';
import type { FaultChain } from './fault-chain';
import type { End, GuestRun } from './guest-run';
import { inputFiles } from './input-files';
import { expectationResults, milestoneResults, neverResults } from './milestone-results';
import { EXIT_CLASS } from './result';
import type { E820Result, EndReport, FoundTable, MemoryRange, MilestoneResult, Outcome, RunResult, TraceSummary } from './result';

const EVENTS_SHOWN = 10;
/** Exits and entries double what the access itself says. */
const NOT_SHOWN: ReadonlySet<string> = new Set(['vmexit', 'vmentry']);

export interface RunParts {
  readonly plan: Plan;
  readonly machine: Machine;
  readonly recorder: Recorder;
  readonly run: GuestRun;
  readonly end: End;
  readonly consoles: ConsoleLog;
  readonly faults: FaultChain;
  readonly wallMs: number;
}

/** Looks at a machine that has come to its end and makes the result. The guest may be changed by it: the run is over. */
export function collectResult(parts: RunParts): RunResult {
  const { plan, machine, recorder, run, end } = parts;
  const { instructions, atNs } = run.now();
  const trace = traceSummary(recorder);
  // Events and code are shown for what may have failed.
  const mayHaveFailed = end.kind !== 'complete' || plan.expect.length > 0;
  const shown = mayHaveFailed ? lastEvents(recorder.store, EVENTS_SHOWN, ({ kind }) => !NOT_SHOWN.has(kind)) : [];
  recorder.close();
  // Before anything asks the guest's firmware: that changes where the CPU is.
  const cpus = cpuReports(machine.core, mayHaveFailed);
  const screen = machine.textScreen();
  const picture = screen ? undefined : machine.picture();
  const state = endState(machine, run.tables.tables);
  const milestones = milestoneResults(plan.milestones, run.sequence, { instructions, atNs });
  const never = neverResults(plan.never, run.never);
  const expectations = expectationResults(plan, end.kind === 'complete' ? checkAll(plan.expect, state) : undefined);
  const e820 = e820Result(end, state);
  const variableStore = machine.variableStore?.();
  const outcome = outcomeOf(end, expectations);
  const report: EndReport = {
    kind: end.kind,
    text: end.text,
    ...(end.hang && { hang: end.hang }),
    faults: end.kind === 'complete' ? [] : parts.faults.at(instructions),
  };
  const findings = {
    end: report,
    isDeclared: end.isDeclared ?? false,
    shutdownReason: end.shutdownReason,
    milestones,
    never,
    expectations,
    cpus,
    waitingInput: run.input.waiting,
  };
  const diagnostics = diagnose(findings);
  return {
    name: plan.name,
    file: plan.specPath,
    ...(plan.description !== undefined && { description: plan.description }),
    tags: plan.tags,
    outcome,
    exitClass: EXIT_CLASS[outcome],
    summary: summary(outcome, report, milestones, diagnostics[0]?.what),
    milestones,
    never,
    expectations,
    end: report,
    cpus,
    lastEvents: shown.map((run) => ({ ...run, text: eventText(run.event) })),
    consoles: parts.consoles.results(),
    ...(screen && { screen }),
    ...(picture && { picture }),
    tables: foundTables(run.tables.tables, plan),
    ...(e820 && { e820 }),
    memory: memoryRanges(machine),
    ...(variableStore && { variableStore }),
    budget: { instructions: plan.budget.instructions, ns: plan.budget.ns },
    instructions,
    atNs,
    wallMs: parts.wallMs,
    trace,
    inputs: inputFiles(plan.guest),
    diagnostics,
  };
}

function traceSummary(recorder: Recorder): TraceSummary {
  const { store } = recorder;
  return { hash: store.hash(), events: store.size, dropped: store.dropped, counts: recorder.counts() };
}

function summary(outcome: Outcome, end: EndReport, milestones: readonly MilestoneResult[], what: string | undefined): string {
  if (outcome === 'passed') return `passed: ${milestones.length} milestones`;
  const missed = milestones.find(({ status }) => status === 'missed');
  if (missed !== undefined && end.kind !== 'complete') return `${outcome}: ${end.text}, while ${missed.name} was awaited`;
  return `${outcome}: ${what ?? end.text}`;
}

/** After a crash there is nothing sensible to ask. */
function e820Result(end: End, state: EndState): E820Result | undefined {
  if (end.kind === 'triple-fault' || end.kind === 'reset' || end.kind === 'shutdown') return undefined;
  const found = state.e820();
  return found && { ...(found.gpa !== undefined && { gpa: found.gpa }), source: found.source, entries: found.entries };
}

/** Tables that came to stand; of those that never became valid only the ones that the spec asks for. */
function foundTables(tables: readonly TrackedTable[], plan: Plan): FoundTable[] {
  const wanted = new Set(plan.milestones.map((spec) => (spec.key === 'table-placed' ? spec.params.table : '')));
  return tables
    .filter(({ status, table }) => status === 'placed' || wanted.has(table as never))
    .map(({ table, gpa, bytes, sum, hasChecksum, status }) => ({
      table,
      gpa,
      length: bytes.length,
      checksum: !hasChecksum ? 'none' : status === 'placed' ? 'valid' : 'invalid',
      sum,
      bytes,
    }));
}

function memoryRanges({ core }: Machine): MemoryRange[] {
  return core.memory.ranges().map(({ first, last, kind }) => ({ first: first * PAGE_BYTES, last: (last + 1) * PAGE_BYTES - 1, kind }));
}
