import type { Checked } from '../expectations/expectation';
import type { Plan } from '../plan/types';
import type { MilestoneSpec } from '../spec/types';
import type { MilestoneSequence, RunMoment } from './milestone-sequence';
import type { NeverWatch } from './never-watch';
import type { ExpectationResult, MilestoneResult, NeverResult } from './result';

/** A milestone as the spec has it, without the dash. */
function written(spec: MilestoneSpec): string {
  return spec.span.text
    .trim()
    .replace(/^-\s*/, '')
    .replace(/\s+#[^'"]*$/, '');
}

export function milestoneResults(specs: readonly MilestoneSpec[], sequence: MilestoneSequence, end: RunMoment): MilestoneResult[] {
  return specs.map((spec, index) => {
    const before = index === 0 ? { instructions: 0, atNs: 0 } : sequence.met[index - 1];
    const met = sequence.met[index];
    const isTurn = met === undefined && index === sequence.met.length;
    const until = met ?? (isTurn ? end : undefined);
    const isSpent = before !== undefined && until !== undefined;
    const within = spec.within;
    const explanation = isTurn ? sequence.explanation : undefined;
    const status = met ? 'met' : sequence.timedOut === index ? 'timeout' : isTurn ? 'missed' : 'not-reached';
    return {
      index,
      key: spec.key,
      name: spec.label,
      expected: written(spec),
      span: spec.span,
      status,
      ...(met && { instructions: met.instructions, atNs: met.atNs, seq: met.seq, vcpu: met.vcpu }),
      spentInstructions: isSpent ? until.instructions - before.instructions : 0,
      spentNs: isSpent ? until.atNs - before.atNs : 0,
      ...(within && { allowed: within.unit === 'ns' ? { ns: within.amount } : { instructions: within.amount } }),
      details: met?.details ?? (isTurn && spec.count > 1 ? [['happened', `${sequence.occurrences} of ${spec.count} times`] as const] : []),
      ...(explanation && { explanation }),
    };
  });
}

export function neverResults(specs: readonly MilestoneSpec[], never: NeverWatch): NeverResult[] {
  return specs.map((spec, index) => {
    const violation = never.violation?.index === index ? never.violation : undefined;
    return {
      key: spec.key,
      name: spec.label,
      expected: written(spec),
      span: spec.span,
      violated: violation !== undefined,
      ...(violation && { instructions: violation.instructions, atNs: violation.atNs }),
      details: violation?.details ?? [],
    };
  });
}

/** `checked` is undefined when the run did not come so far. */
export function expectationResults(plan: Plan, checked: readonly Checked[] | undefined): ExpectationResult[] {
  return plan.expect.map((spec, index) => {
    const result = checked?.[index];
    return {
      key: spec.label,
      name: spec.label,
      span: spec.span,
      status: result === undefined ? 'not-checked' : result.differences.length === 0 ? 'met' : 'failed',
      differences: result?.differences ?? [],
      details: result?.details ?? [],
    };
  });
}
