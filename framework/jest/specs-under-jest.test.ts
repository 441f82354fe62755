import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const BUILT = existsSync(join(ROOT, 'dist', 'framework', 'jest', 'environment.js'));

const GUEST = 'guest: { machine: pc, memory: 64MiB, firmware: { bios: reference-bios }, disks: { hda: mbr-hello } }';
const SPECS: Readonly<Record<string, string>> = {
  'good.yaml': `version: 1\nname: good\n${GUEST}\nmilestones:\n  - post: 0x08\n  - mbr-read: hda\n  - serial: MBR reached\n`,
  'missed.yaml': `version: 1\nname: missed\n${GUEST}\nbudget: 20M instructions\nmilestones:\n  - post: 0x08\n  - serial: MBR reeched\n  - reset\n`,
  'bad.yaml': `version: 1\nname: bad\n${GUEST}\nmilstones:\n  - post: 0x08\n`,
  'recipe.yaml': `version: 1\nname: recipe\n${GUEST.replace('mbr-hello', 'ours')}\nmilestones:\n  - post: 0x08\n`,
  'skipped.yaml': `version: 1\nname: skipped\nskip: { reason: not on this chip }\n${GUEST}\nmilestones:\n  - post: 0x08\n`,
};

/** A project that uses Milepost by its preset, with a spec of each kind. */
function makeProject(): string {
  const project = mkdtempSync(join(tmpdir(), 'milepost-jest-'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(ROOT, join(project, 'node_modules', 'milepost'));
  mkdirSync(join(project, 'specs'));
  for (const [name, text] of Object.entries(SPECS)) writeFileSync(join(project, 'specs', name), text);
  mkdirSync(join(project, 'disk-images', 'ours'), { recursive: true });
  writeFileSync(
    join(project, 'disk-images', 'ours', 'recipe.yaml'),
    'description: a sector\nsize: 1MiB\ncontent:\n  - { lba: 0, file: sector.bin }\n',
  );
  writeFileSync(join(project, 'disk-images', 'ours', 'sector.bin'), new Uint8Array(512));
  writeFileSync(join(project, 'jest.config.js'), "module.exports = { preset: 'milepost' };\n");
  return project;
}

function jest(project: string, ...args: string[]): { status: number | null; stdout: string; output: string } {
  const cli = join(dirname(require.resolve('jest/package.json')), 'bin', 'jest.js');
  const inherited = Object.entries(process.env).filter(([name]) => !/^(JEST_|MILEPOST_|GITHUB_|CI$)/.test(name));
  const env = { ...Object.fromEntries(inherited), NO_COLOR: '1' };
  const workers = args.some((arg) => arg.startsWith('--maxWorkers')) ? [] : ['--runInBand'];
  const run = spawnSync(process.execPath, [cli, ...workers, ...args], { cwd: project, encoding: 'utf8', env });
  return { status: run.status, stdout: run.stdout, output: run.stdout + run.stderr };
}

(BUILT ? describe : describe.skip)(`specs as test files${BUILT ? '' : ' (skipped: `npm run build` first)'}`, () => {
  let project: string;
  beforeAll(() => {
    project = makeProject();
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test('milestones are tests in order; the first missed one explains, those after it say why they were not reached', () => {
    const { status, output } = jest(project, '--verbose');
    expect(status).toBe(1);
    expect(output).toMatch(/good\n\s+✓ post 0x08.*\n\s+✓ mbr-read hda.*\n\s+✓ serial MBR reached/);
    expect(output).toMatch(/missed\n\s+✓ post 0x08.*\n\s+✕ serial MBR reeched.*\n\s+✕ reset/);
    expect(output).toMatch(/--> specs\/missed\.yaml:7:\d+\n[^]*- serial: MBR reeched\n[^]*repro: +npx milepost run specs\/missed\.yaml/);
    expect(output).toContain('not reached because the run ended before:');
    expect(output).toMatch(/unknown[^]*milstones[^]*did you mean milestones\?/);
    // The one line of each stack is the place in the spec, and the same place is shown with its source.
    expect(output).toMatch(/\n +at specs\/missed\.yaml:7:5\n/);
    expect(output).toMatch(/\n +at specs\/bad\.yaml:1:1\n/);
    expect(output).toMatch(/specs\/skipped\.yaml: skipped: not on this chip/);
    expect(output).not.toMatch(/at .*\.js:\d+/);
  }, 60_000);

  test('the reports hold every spec', () => {
    const results = JSON.parse(readFileSync(join(project, 'reports/results.json'), 'utf8')) as {
      specs: { file: string; outcome: string }[];
    };
    expect(results.specs.map(({ file, outcome }) => [file, outcome])).toEqual([
      ['specs/bad.yaml', 'spec-error'],
      ['specs/good.yaml', 'passed'],
      ['specs/missed.yaml', expect.stringMatching(/hang|budget/)],
      ['specs/recipe.yaml', 'passed'],
      ['specs/skipped.yaml', 'skipped'],
    ]);
    expect(readFileSync(join(project, 'reports/junit.xml'), 'utf8')).toContain('<testcase classname="good" name="serial MBR reached"');
    const html = readFileSync(join(project, 'reports/jest-html-reporters-attach/report/result.js'), 'utf8');
    expect(html).toContain('Boot timeline and cost per milestone');
    expect(html).toContain('specs/good/timeline.svg');
    for (const name of ['report.html', 'boots.html', 'specs/good/events.jsonl', 'specs/good/serial.log', 'specs/missed/failure.txt']) {
      expect([name, existsSync(join(project, 'reports', name))]).toEqual([name, true]);
    }
  });

  test('-t runs one milestone and boots only the specs that have it', () => {
    const { status, output } = jest(project, '-t', 'mbr-read');
    expect(status).toBe(0);
    expect(output).toMatch(/Tests: +\d+ skipped, 1 passed/);
    const results = JSON.parse(readFileSync(join(project, 'reports/results.json'), 'utf8')) as { specs: { file: string }[] };
    expect(results.specs.map(({ file }) => file)).toEqual(['specs/good.yaml', 'specs/skipped.yaml']);
  }, 60_000);

  test('--shard splits the specs', () => {
    const listed = [1, 2].map((shard) =>
      jest(project, '--listTests', `--shard=${shard}/2`)
        .output.trim()
        .split('\n')
        .filter((line) => line.endsWith('.yaml')),
    );
    expect(listed[0]!.length).toBe(3);
    expect([...listed[0]!, ...listed[1]!].length).toBe(5);
  }, 60_000);

  test.each(['specs/recipe.yaml', 'disk-images/ours/recipe.yaml', 'disk-images/ours/sector.bin'])(
    'a change of %s runs the spec that is made of it',
    (changed) => {
      const { output } = jest(project, '--listTests', '--findRelatedTests', changed);
      expect(output.trim()).toBe(realpathSync(join(project, 'specs/recipe.yaml')));
    },
    60_000,
  );

  test('--json prints its results alone to standard output', () => {
    const { stdout } = jest(project, '--json', 'missed', 'skipped');
    const results = JSON.parse(stdout) as {
      numFailedTestSuites: number;
      testResults: { assertionResults: { failureMessages: string[] }[] }[];
    };
    expect(results.numFailedTestSuites).toBe(1);
    const messages = results.testResults.flatMap(({ assertionResults }) => assertionResults.flatMap((test) => test.failureMessages));
    expect(messages[0]).toMatch(/error\[hang\]|error\[budget-exceeded\]/);
  }, 60_000);

  test('--bail stops at the first spec that fails', () => {
    const { output, status } = jest(project, '--bail', '--testPathPatterns', 'missed', 'bad');
    expect(status).toBe(1);
    expect(output).toMatch(/Test Suites: 1 failed, 1 of 2 total/);
  }, 60_000);

  test('several workers give what one gives', () => {
    const { output, status } = jest(project, '--maxWorkers=2', '-u', 'good', 'recipe');
    expect(status).toBe(0);
    expect(output).toMatch(/Boots: 2 passed/);
  }, 60_000);
});
