import type { Diagnostic } from '../diagnostics/diagnostic';
import { EXIT_CLASS } from './result';
import type { Outcome, RunResult } from './result';

export interface NotStarted {
  readonly name: string;
  /** Path of the spec. */
  readonly file: string;
  readonly tags?: readonly string[];
  readonly outcome: Extract<Outcome, 'spec-error' | 'could-not-run' | 'skipped'>;
  readonly diagnostics: readonly Diagnostic[];
  readonly skipReason?: string;
}

/** The result of a spec whose guest never ran. */
export function notStarted(start: NotStarted): RunResult {
  const first = start.diagnostics[0];
  const what = start.outcome === 'skipped' ? (start.skipReason ?? 'no reason given') : (first?.what ?? 'unknown reason');
  return {
    name: start.name,
    file: start.file,
    tags: start.tags ?? [],
    outcome: start.outcome,
    exitClass: EXIT_CLASS[start.outcome],
    summary: `${start.outcome}: ${what}`,
    ...(start.skipReason !== undefined && { skipReason: start.skipReason }),
    milestones: [],
    never: [],
    expectations: [],
    end: { kind: 'not-started', text: what, faults: [] },
    cpus: [],
    lastEvents: [],
    consoles: [],
    tables: [],
    memory: [],
    budget: {},
    instructions: 0,
    atNs: 0,
    wallMs: 0,
    trace: { hash: '', events: 0, dropped: 0, counts: {} },
    inputs: [],
    diagnostics: start.diagnostics,
  };
}
