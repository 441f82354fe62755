import type { DiagnosticCode } from '../diagnostics/codes';
import { diagnostic } from '../diagnostics/diagnostic';
import type { Diagnostic, Note } from '../diagnostics/diagnostic';
import type { InputPlan } from '../plan/types';
import { SHUTDOWN_CRASH } from './ends';
import type { CpuReport, EndReport, ExpectationResult, MilestoneResult, NeverResult } from './result';

export interface Findings {
  readonly end: EndReport;
  /** Declared by a milestone, with more milestones to come. */
  readonly isDeclared: boolean;
  readonly shutdownReason: number | undefined;
  readonly milestones: readonly MilestoneResult[];
  readonly never: readonly NeverResult[];
  readonly expectations: readonly ExpectationResult[];
  readonly cpus: readonly CpuReport[];
  /** An input that was never given. */
  readonly waitingInput: InputPlan | undefined;
}

/** What is wrong with a run, most important first; empty when it passed. */
export function diagnose(findings: Findings): Diagnostic[] {
  const violated = findings.never.find((never) => never.violated);
  const missed = findings.milestones.find(({ status }) => status === 'missed' || status === 'timeout');
  const diagnostics: Diagnostic[] = [];
  if (violated !== undefined) diagnostics.push(violation(violated, findings));
  if (missed !== undefined) diagnostics.push(miss(missed, findings));
  for (const expectation of findings.expectations) diagnostics.push(...differences(expectation));
  return diagnostics;
}

function code({ end, isDeclared, shutdownReason }: Findings): DiagnosticCode {
  if (isDeclared) return 'milestone-missed';
  switch (end.kind) {
    case 'milestone-timeout':
      return 'within-exceeded';
    case 'halted':
    case 'hang':
      return 'hang';
    case 'budget':
    case 'wall-limit':
      return 'budget-exceeded';
    case 'reset':
      return 'undeclared-reset';
    case 'shutdown':
      return shutdownReason === SHUTDOWN_CRASH ? 'guest-crash' : 'undeclared-reset';
    case 'triple-fault':
      return 'guest-crash';
    default:
      return 'milestone-missed';
  }
}

function miss(missed: MilestoneResult, findings: Findings): Diagnostic {
  const { closest, fixme } = missed.explanation ?? {};
  const notes: Note[] = closest === undefined ? [] : [{ kind: 'closest', text: closest }];
  const what = missed.status === 'timeout' ? `milestone not reached in time: ${missed.name}` : `milestone not reached: ${missed.name}`;
  return diagnostic(code(findings), what, {
    span: missed.span,
    notes: [...notes, ...guestNotes(findings), ...inputNotes(findings)],
    fixme,
  });
}

/** Where the CPU is, and why it cannot go on. */
function guestNotes({ end, cpus }: Findings): Note[] {
  const cpu = cpus[0];
  const notes: Note[] = end.kind === 'complete' ? [] : [{ kind: 'guest', text: end.text }];
  if (end.hang?.kind === 'idle') {
    notes.push({ kind: 'note', text: 'a longer wait than this must be declared by `within` in virtual time at the milestone' });
  }
  if (end.faults.length > 0) notes.push({ kind: 'guest', text: end.faults.map(({ text }) => text).join(', then ') });
  if (cpu !== undefined) {
    const next = cpu.disassembly[0]?.text;
    notes.push({
      kind: 'guest',
      text: `vCPU ${cpu.vcpu} ${cpu.activity} in ${cpu.mode} mode at ${cpu.at}${next === undefined ? '' : `: ${next}`}`,
    });
  }
  return notes;
}

/** An input that still waits may be why the guest waits. */
function inputNotes({ waitingInput }: Findings): Note[] {
  if (!waitingInput) return [];
  const { span, when } = waitingInput;
  return [{ kind: 'note', text: `the input of line ${span.line} was not given${when ? `: it waits for ${when.label}` : ' yet'}` }];
}

function violation(never: NeverResult, findings: Findings): Diagnostic {
  const facts = never.details.map(([label, text]) => `${label} ${text}`).join(', ');
  const notes: Note[] = [{ kind: 'note', text: `at instruction ${never.instructions ?? 0}${facts === '' ? '' : `: ${facts}`}` }];
  const what = `must never happen, and did: ${never.name}`;
  return diagnostic('never-happened', what, {
    span: never.span,
    notes: [...notes, ...guestNotes({ ...findings, end: { ...findings.end, kind: 'complete' } })],
  });
}

function differences({ differences: all }: ExpectationResult): Diagnostic[] {
  return all.map(({ what, expected, actual, span }) =>
    diagnostic('expectation-failed', `${what} is ${actual}, should be ${expected}`, { span }),
  );
}
