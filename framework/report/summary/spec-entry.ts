import type { Span } from '../../diagnostics/diagnostic';
import type { Outcome, RunResult } from '../../run/result';
import { shownPath } from '../commands';
import type { ReportContext } from '../context';
import { failureText, headline } from '../failure/failure-text';
import { plainJson } from '../plain-json';
import { specTests, type SpecTest } from '../spec-tests';

/**
 * What result.json, results.json and the summaries say about one spec: plain JSON, everything but the bytes of consoles and
 * tables, which are files of their own. Paths are relative to where the run was started.
 */
export interface SpecEntry {
  readonly name: string;
  readonly file: string;
  /** interrupted: it was started, and the process ended before its result. */
  readonly outcome: Outcome | 'interrupted';
  readonly summary: string;
  /** Directory of the artefacts. */
  readonly artefacts?: string;
  readonly traceHash: string;
  readonly instructions: number;
  readonly atNs: number;
  /** The only part that differs between two runs of the same inputs. */
  readonly wallMs: number;
  readonly tests: readonly SpecTest[];
  /** Present when it failed: the text of the failure, and the line of the spec that it is about. */
  readonly failure?: { readonly text: string; readonly place?: Omit<Span, 'text'> };
  readonly milestones: readonly { readonly status: string }[];
}

/** Whether this outcome is no failure. */
export function isGood(outcome: SpecEntry['outcome']): boolean {
  return outcome === 'passed' || outcome === 'skipped';
}

/** The entry of a run. */
export function specEntry(result: RunResult, context: ReportContext): SpecEntry {
  const { cwd, artefacts } = context;
  const { consoles, tables, trace, file, lastEvents, inputs, variableStore, ...rest } = result;
  const span = result.diagnostics.find((diagnostic) => diagnostic.span)?.span;
  const entry = {
    ...rest,
    file: shownPath(file, cwd),
    summary: headline(result),
    traceHash: trace.hash,
    tests: specTests(result, context),
    ...(artefacts && { artefacts: shownPath(artefacts.directory, cwd) }),
    ...(!isGood(result.outcome) && {
      failure: { text: failureText(result, context), ...(span && { place: { ...span, file: shownPath(span.file, cwd) } }) },
    }),
    events: { total: trace.events, held: trace.events - trace.dropped, counts: trace.counts },
    lastEvents: lastEvents.map(({ event, text, times }) => ({
      instructions: event.instructions,
      atNs: event.atNs,
      vcpu: event.vcpu,
      text,
      times,
    })),
    ...(variableStore && { variableStoreBytes: variableStore.length }),
    consoles: Object.fromEntries(consoles.map(({ name, text }) => [name, text.slice(-4096)])),
    tables: tables.map(({ bytes, ...table }) => ({ ...table, bytes: bytes.length })),
    inputs: inputs.map(({ path, ...input }) => ({ ...input, path: shownPath(path, cwd) })),
  };
  return JSON.parse(plainJson(entry)) as SpecEntry;
}

/** The entry of a spec whose process died under it. */
export function interruptedEntry(name: string, file: string): SpecEntry {
  const text = 'interrupted: the run was started and never ended; the process was killed or crashed';
  return {
    name,
    file,
    outcome: 'interrupted',
    summary: text,
    traceHash: '',
    instructions: 0,
    atNs: 0,
    wallMs: 0,
    tests: [{ name: 'the run ends', status: 'failed', message: text, line: 1, column: 1 }],
    failure: { text },
    milestones: [],
  };
}
