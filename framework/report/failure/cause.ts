import type { MilestoneResult, RunResult } from '../../run/result';

/** The first milestone that was not met. */
export function missedMilestone(result: RunResult): MilestoneResult | undefined {
  return result.milestones.find((milestone) => milestone.status !== 'met');
}

/** The last milestone that was met. */
export function lastMet(result: RunResult): MilestoneResult | undefined {
  return result.milestones.findLast((milestone) => milestone.status === 'met');
}

/** What the spec asked for and did not get; undefined when nothing booted. */
export function expectedCondition(result: RunResult): string | undefined {
  const violated = result.never.find((never) => never.violated);
  if (violated) return `never ${violated.expected}`;
  const missed = missedMilestone(result);
  if (missed) return missed.expected;
  return result.expectations.find((expectation) => expectation.status === 'failed')?.name;
}
