import type { Span } from '../diagnostics/diagnostic';
import type { ExpectationResult, RunResult } from '../run/result';
import type { ReportContext } from './context';
import { failureText, headline } from './failure/failure-text';

/** A run as the list of tests that it is: every milestone, then every `never`, then every expectation. */
export interface SpecTest {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Empty when passed. The first failed test carries the whole failure text, those after it one line. */
  readonly message: string;
  /** Where it stands in the spec, from 1. */
  readonly line: number;
  readonly column: number;
}

/** What the names of these tests begin with. */
export const NEVER_PREFIX = 'never ';
export const EXPECT_PREFIX = 'expect ';

/** Splits a result into its tests. A run that failed has at least one failed test, whatever it failed of. */
export function specTests(result: RunResult, context: ReportContext): SpecTest[] {
  const short = `not reached because the run ended before: ${headline(result)}`;
  const booted = result.cpus.length > 0;
  const tests = [
    ...result.milestones.map(({ name, status, span }) => verdict(name, span, status === 'met', short)),
    ...result.never.map(({ name, violated, span }) => verdict(`${NEVER_PREFIX}${name}`, span, !violated && booted, short)),
    ...result.expectations.map((expectation) => expectationTest(expectation, short)),
  ];
  if (result.outcome === 'skipped') return tests.map((test) => ({ ...test, status: 'skipped', message: result.skipReason ?? '' }));
  if (result.outcome === 'passed') return tests;
  return explain(result, tests, failureText(result, context));
}

/** Gives the whole text to the test that the failure is about; when none failed, the last stands for the run. */
function explain(result: RunResult, tests: readonly SpecTest[], message: string): SpecTest[] {
  const { line, column } = result.diagnostics.find(({ span }) => span?.file === result.file)?.span ?? { line: 1, column: 1 };
  const last = tests.at(-1) ?? { name: 'the spec can be booted', line, column };
  if (!tests.some((test) => test.status === 'failed')) return [...tests.slice(0, -1), { ...last, status: 'failed', message }];
  const violated = result.never.findIndex((never) => never.violated);
  const first = violated >= 0 ? result.milestones.length + violated : tests.findIndex((test) => test.status === 'failed');
  return tests.map((test, index) => (index === first ? { ...test, message } : test));
}

function verdict(name: string, { line, column }: Span, passed: boolean, message: string): SpecTest {
  return passed ? { name, status: 'passed', message: '', line, column } : { name, status: 'failed', message, line, column };
}

function expectationTest({ name, span, status, differences }: ExpectationResult, short: string): SpecTest {
  const lines = differences.map(({ what, expected, actual }) => `${what}: expected ${expected}, found ${actual}`);
  return verdict(`${EXPECT_PREFIX}${name}`, span, status === 'met', lines.length > 0 ? lines.join('\n') : short);
}
