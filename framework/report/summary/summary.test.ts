import { EXAMPLE_CONTEXT, hangingRun } from '../testdata/example-run';
import { githubAnnotation, githubSummary } from './github';
import { indexPage } from './index-page';
import { junitXml } from './junit';
import { resultsJson } from './results-json';
import { interruptedEntry, specEntry } from './spec-entry';

const hang = specEntry(hangingRun(), EXAMPLE_CONTEXT);
const passed = specEntry(
  hangingRun({
    name: 'all <well> & "good"',
    outcome: 'passed',
    summary: 'passed',
    milestones: [{ ...hangingRun().milestones[0]! }],
    expectations: [],
  }),
  EXAMPLE_CONTEXT,
);

test('a run is split into its milestones, nevers and expectations; only the first failure carries the whole text', () => {
  expect(hang.tests.map(({ name, status }) => [name, status])).toEqual([
    ['reset-jump', 'passed'],
    ['mbr-read', 'failed'],
    ['serial', 'failed'],
    ['expect acpi.facp', 'failed'],
  ]);
  expect(hang.tests[1]?.message).toContain('repro:      npx milepost run specs/xen/mbr.yaml');
  expect(hang.tests[2]?.message).toBe(
    'not reached because the run ended before: hang: 3-instruction loop at F000:E2C3 polls port 0x1F7, value 0xD0, 1.4M times',
  );
});

test('results.json: outcome, trace hash and milestones with instruction and virtual time; a killed run shows', () => {
  const json = JSON.parse(resultsJson([hang, passed, interruptedEntry('killed', 'specs/killed.yaml')], '0.1.0')) as Record<string, unknown>;
  expect(json).toMatchObject({
    passed: false,
    outcomes: { hang: 1, passed: 1, interrupted: 1 },
    specs: [
      { outcome: 'hang', traceHash: 'ab'.repeat(32), milestones: [{ name: 'reset-jump', instructions: 146_031, atNs: 2_100_000 }, {}, {}] },
      { outcome: 'passed' },
      { outcome: 'interrupted', file: 'specs/killed.yaml' },
    ],
  });
});

test('junit.xml is well-formed whatever the guest printed', () => {
  const xml = junitXml([
    hang,
    passed,
    { ...passed, outcome: 'skipped', tests: [{ name: 'x\u0000', status: 'skipped', message: 'why', line: 1, column: 1 }] },
  ]);
  expect(xml).toContain(
    '<testsuite name="all &lt;well&gt; &amp; &quot;good&quot;" file="specs/xen/mbr.yaml" tests="1" failures="0" errors="0" skipped="0"',
  );
  expect(xml).toContain('<failure type="hang" message="hang: 3-instruction loop');
  expect(xml).toContain('<skipped message="why"/>');
  expect(xml).not.toMatch(/(?![\n\r\t])\p{Cc}/u);
  expect(xml.match(/<testcase /g)).toHaveLength(6);
});

test('GitHub: an annotation at the line of the spec, a summary table', () => {
  expect(githubAnnotation(passed)).toBeUndefined();
  expect(githubAnnotation(hang)).toMatch(
    /^::error file=specs\/xen\/mbr\.yaml,line=7,col=5,endColumn=13,title=SeaBIOS boots the MBR::hang: 3-instruction loop.*%0A%0Alast met:/,
  );
  expect(githubSummary([hang])).toContain('| SeaBIOS boots the MBR | hang | 1/3 | 4.2M | 5.1 ms |');
});

test('the index links each boot to its page', () => {
  const html = indexPage([passed, hang], () => 'specs/xen/mbr/index.html');
  expect(html).toContain('1 of 2 boots passed');
  expect(html).toMatch(/class="hang"[^]*class="number">1\/3<[^]*class="passed"/);
  expect(html).toContain('<a href="specs/xen/mbr/index.html">all &lt;well&gt; &amp; &quot;good&quot;</a>');
});
