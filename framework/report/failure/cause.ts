import type { DiagnosticCode } from '../../diagnostics/codes';
import type { Explanation, MilestoneResult, ResultSpan, RunResult } from '../../run/result';

/** The line of the spec that a failed run is about. */
export interface Cause {
  readonly code: DiagnosticCode;
  /** What the spec asked for. */
  readonly expected: string;
  readonly what: string;
  readonly span?: ResultSpan;
  readonly explanation: Explanation;
}

const CODE_OF_END: Partial<Record<RunResult['end']['kind'], DiagnosticCode>> = {
  'milestone-timeout': 'within-exceeded',
  reset: 'undeclared-reset',
  shutdown: 'undeclared-reset',
  'triple-fault': 'guest-crash',
  halted: 'hang',
  hang: 'hang',
  budget: 'budget-exceeded',
  'wall-limit': 'budget-exceeded',
};

/** The first milestone that was not met. */
export function missedMilestone(result: RunResult): MilestoneResult | undefined {
  return result.milestones.find((milestone) => milestone.status !== 'met');
}

/** The last milestone that was met. */
export function lastMet(result: RunResult): MilestoneResult | undefined {
  return result.milestones.findLast((milestone) => milestone.status === 'met');
}

/** Which condition of the spec failed; undefined when nothing booted at all. */
export function causeOf(result: RunResult): Cause | undefined {
  const violated = result.never.find((never) => never.violated);
  if (violated) {
    const seen = violated.details.map(([label, text]) => `${label} ${text}`).join(', ');
    return {
      code: 'never-happened',
      expected: `never ${violated.expected}`,
      what: `${violated.name} happened`,
      span: violated.span,
      explanation: seen === '' ? {} : { closest: seen },
    };
  }
  const missed = missedMilestone(result);
  if (missed) {
    return {
      code: CODE_OF_END[result.end.kind] ?? 'milestone-missed',
      expected: missed.expected,
      what: `${missed.name} was not reached`,
      span: missed.span,
      explanation: missed.explanation ?? {},
    };
  }
  const failed = result.expectations.find((expectation) => expectation.status === 'failed');
  if (!failed) return undefined;
  const difference = failed.differences[0];
  const span = difference?.span ?? failed.span;
  return {
    code: 'expectation-failed',
    expected: failed.name,
    what: difference ? `${difference.what}: expected ${difference.expected}, found ${difference.actual}` : failed.name,
    span,
    explanation: {},
  };
}
