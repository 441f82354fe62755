import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const BUILT = existsSync(join(ROOT, 'dist', 'framework', 'jest', 'environment.js'));

const GUEST = 'guest: { machine: pc, memory: 64MiB, firmware: { bios: reference-bios }, disks: { hda: mbr-hello } }';
const SPECS: Readonly<Record<string, string>> = {
  'good.yaml': `version: 1\nname: good\n${GUEST}\nmilestones:\n  - post: 0x08\n  - mbr-read: hda\n  - serial: MBR reached\n`,
  'missed.yaml': `version: 1\nname: missed\n${GUEST}\nbudget: 20M instructions\nmilestones:\n  - post: 0x08\n  - serial: MBR reeched\n  - reset\n`,
  'bad.yaml': `version: 1\nname: bad\n${GUEST}\nmilstones:\n  - post: 0x08\n`,
  'skipped.yaml': `version: 1\nname: skipped\nskip: { reason: not on this chip }\n${GUEST}\nmilestones:\n  - post: 0x08\n`,
};

/** A project that uses Milepost by its preset, with a spec of each kind. */
function makeProject(): string {
  const project = mkdtempSync(join(tmpdir(), 'milepost-jest-'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(ROOT, join(project, 'node_modules', 'milepost'));
  mkdirSync(join(project, 'specs'));
  for (const [name, text] of Object.entries(SPECS)) writeFileSync(join(project, 'specs', name), text);
  writeFileSync(join(project, 'jest.config.js'), "module.exports = { preset: 'milepost' };\n");
  return project;
}

function jest(project: string, ...args: string[]): { status: number | null; output: string } {
  const cli = join(dirname(require.resolve('jest/package.json')), 'bin', 'jest.js');
  const inherited = Object.entries(process.env).filter(([name]) => !/^(JEST_|MILEPOST_|GITHUB_|CI$)/.test(name));
  const env = { ...Object.fromEntries(inherited), NO_COLOR: '1' };
  const run = spawnSync(process.execPath, [cli, '--runInBand', ...args], { cwd: project, encoding: 'utf8', env });
  return { status: run.status, output: run.stdout + run.stderr };
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
    expect(listed[0]!.length).toBe(2);
    expect([...listed[0]!, ...listed[1]!].length).toBe(4);
  }, 60_000);
});
