import { createRequire } from 'node:module';
import { stackOf, type SpecGlobal } from './spec-global';

/** How jest is told of each test as it starts and ends. */
export type Sent = (event: 'test-case-start' | 'test-case-result', parameters: readonly [testPath: string, what: object]) => unknown;

/** What jest calls a test case result; in the result of a file it is an assertion result, with `startAt`. */
export interface TestReport {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly fullName: string;
  readonly status: 'passed' | 'failed' | 'pending';
  readonly duration: number | null;
  /** Not `test.failing`, which passes when it fails. */
  readonly failing: false;
  readonly startedAt: number | null;
  readonly failureMessages: readonly string[];
  readonly failureDetails: readonly Detail[];
  readonly invocations: number;
  readonly location: null;
  readonly numPassingAsserts: number;
  readonly retryMessages: readonly string[];
  readonly retryReasons: readonly string[];
}

interface PlannedTest {
  start(): object;
  run(): TestReport;
}

/** The tests of a spec, in its order. One that `pattern` (of `-t`) does not name is pending, and boots nothing. */
export function reportsOf(spec: SpecGlobal, pattern: string | undefined): PlannedTest[] {
  const { title: block, skipped, tests } = spec.outline;
  const named = pattern === undefined || pattern === '' ? undefined : new RegExp(pattern, 'i');
  return tests.map((title, index) => {
    const place = { ancestorTitles: [block], title, fullName: `${block} ${title}` };
    const isPending = skipped || named?.test(place.fullName) === false;
    return {
      start: () => ({ ...place, mode: isPending ? 'skip' : undefined, startedAt: Date.now() }),
      run: () => (isPending ? report(place, 'pending', undefined, []) : verdictOf(spec, index, place)),
    };
  });
}

interface Detail {
  readonly message: string;
  readonly stack: string;
}

type Place = Pick<TestReport, 'ancestorTitles' | 'title' | 'fullName'>;

function verdictOf(spec: SpecGlobal, index: number, place: Place): TestReport {
  const startedAt = Date.now();
  const failure = spec.verdict(index);
  if (!failure) return report(place, 'passed', startedAt, []);
  const { message } = failure;
  return report(place, 'failed', startedAt, [{ message, stack: stackOf(failure) }]);
}

function report(place: Place, status: TestReport['status'], at: number | undefined, failures: readonly Detail[]): TestReport {
  return {
    ...place,
    status,
    duration: at === undefined ? null : Date.now() - at,
    failing: false,
    startedAt: at ?? null,
    failureMessages: failures.map(({ stack }) => stack),
    failureDetails: failures,
    invocations: 1,
    location: null,
    numPassingAsserts: 0,
    retryMessages: [],
    retryReasons: [],
  };
}

interface MessageUtil {
  formatResultsErrors(results: readonly TestReport[], config: object, globalConfig: object, testPath: string): string | null;
}

/** The result of the file, as jest-circus makes it; jest's runner adds times, console and coverage. */
export function resultOf(testResults: readonly TestReport[], config: object, globalConfig: object, testFilePath: string): object {
  const count = (status: TestReport['status']): number => testResults.filter((result) => result.status === status).length;
  const failed = count('failed');
  return {
    failureMessage: failed === 0 ? null : messageUtil().formatResultsErrors(testResults, config, globalConfig, testFilePath),
    leaks: false,
    numFailingTests: failed,
    numPassingTests: count('passed'),
    numPendingTests: count('pending'),
    numTodoTests: 0,
    openHandles: [],
    perfStats: { end: 0, runtime: 0, slow: false, start: 0 },
    skipped: false,
    snapshot: { added: 0, fileDeleted: false, matched: 0, unchecked: 0, uncheckedKeys: [], unmatched: 0, updated: 0 },
    testFilePath,
    testResults: testResults.map(({ startedAt, ...result }) => ({ ...result, startAt: startedAt })),
  };
}

/** Comes with jest-circus, whose version it has. */
function messageUtil(): MessageUtil {
  const ofCircus = createRequire(createRequire(__filename).resolve('jest-circus/runner'));
  return ofCircus('jest-message-util') as MessageUtil;
}
