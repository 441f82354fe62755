import type { ExpectationResult, RunResult } from '../run/result';
import type { ReportContext } from './context';
import { failureText, headline } from './failure/failure-text';

/** A run as the list of tests that it is: every milestone, then every `never`, then every expectation. */
export interface SpecTest {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Empty when passed. The first failed test carries the whole failure text, those after it one line. */
  readonly message: string;
}

/** A test's name before its run, in the same order as `specTests`. */
export const NEVER_PREFIX = 'never ';
export const EXPECT_PREFIX = 'expect ';

/** Splits a result into its tests. A run that failed has at least one failed test, whatever it failed of. */
export function specTests(result: RunResult, context: ReportContext): SpecTest[] {
  const short = `not reached because the run ended before: ${headline(result)}`;
  const tests = [
    ...result.milestones.map(({ name, status }) => verdict(name, status === 'met', short)),
    ...result.never.map(({ name, violated }) => verdict(`${NEVER_PREFIX}${name}`, !violated && booted(result), short)),
    ...result.expectations.map((expectation) => expectationTest(expectation, short)),
  ];
  if (result.outcome === 'skipped') return tests.map(({ name }) => ({ name, status: 'skipped', message: result.skipReason ?? '' }));
  if (result.outcome === 'passed') return tests;
  if (!tests.some((test) => test.status === 'failed')) tests.push({ name: 'the run ends as declared', status: 'failed', message: short });
  const violated = result.never.findIndex((never) => never.violated);
  const first = violated >= 0 ? result.milestones.length + violated : tests.findIndex((test) => test.status === 'failed');
  return tests.map((test, index) => (index === first ? { ...test, message: failureText(result, context) } : test));
}

function booted(result: RunResult): boolean {
  return result.cpus.length > 0 || result.outcome === 'passed';
}

function verdict(name: string, passed: boolean, message: string): SpecTest {
  return passed ? { name, status: 'passed', message: '' } : { name, status: 'failed', message };
}

function expectationTest({ name, status, differences }: ExpectationResult, short: string): SpecTest {
  const lines = differences.map(({ what, expected, actual }) => `${what}: expected ${expected}, found ${actual}`);
  return verdict(`${EXPECT_PREFIX}${name}`, status === 'met', lines.length > 0 ? lines.join('\n') : short);
}
