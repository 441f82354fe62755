import type { SpecTest } from '../spec-tests';
import { escapeXml } from '../xml';
import type { SpecEntry } from './spec-entry';

/** junit.xml: a suite for each spec, a case for each milestone, `never` and expectation. */
export function junitXml(suites: readonly SpecEntry[]): string {
  const all = suites.flatMap((suite) => suite.tests);
  const seconds = suites.reduce((sum, suite) => sum + suite.wallMs, 0) / 1000;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="milepost" ${counts(all)} time="${seconds.toFixed(3)}">`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

function counts(tests: readonly SpecTest[]): string {
  const count = (status: SpecTest['status']) => tests.filter((test) => test.status === status).length;
  return `tests="${tests.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}"`;
}

function suiteLines(suite: SpecEntry): string[] {
  return [
    `  <testsuite name="${escapeXml(suite.name)}" file="${escapeXml(suite.file)}" ${counts(suite.tests)} time="${(suite.wallMs / 1000).toFixed(3)}">`,
    '    <properties>',
    `      <property name="outcome" value="${escapeXml(suite.outcome)}"/>`,
    `      <property name="traceHash" value="${escapeXml(suite.traceHash)}"/>`,
    '    </properties>',
    ...suite.tests.flatMap((test) => caseLines(test, suite)),
    '  </testsuite>',
  ];
}

function caseLines(test: SpecTest, suite: SpecEntry): string[] {
  const head = `    <testcase classname="${escapeXml(suite.name)}" name="${escapeXml(test.name)}" file="${escapeXml(suite.file)}" time="0.000"`;
  if (test.status === 'passed') return [`${head}/>`];
  const message = escapeXml(test.message.split('\n', 1)[0] ?? '');
  if (test.status === 'skipped') return [`${head}><skipped message="${message}"/></testcase>`];
  return [
    `${head}>`,
    `      <failure type="${escapeXml(suite.outcome)}" message="${message}">${escapeXml(test.message)}</failure>`,
    '    </testcase>',
  ];
}
