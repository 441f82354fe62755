import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const BUILT = existsSync(join(ROOT, 'dist', 'framework', 'jest', 'runner.js'));

const GUEST = 'guest: { machine: pc, memory: 64MiB, firmware: { bios: reference-bios }, disks: { hda: mbr-hello } }';
const FILES: Readonly<Record<string, string>> = {
  'specs/good.yaml': `version: 1\nname: good\n${GUEST}\nmilestones:\n  - post: 0x08\n  - serial: MBR reached\n`,
  'specs/missed.yaml': `version: 1\nname: missed\n${GUEST}\nbudget: 20M instructions\nmilestones:\n  - post: 0x08\n  - serial: MBR reeched\n  - reset\n`,
  'specs/bad.yaml': `version: 1\nname: bad\n${GUEST}\nmilstones:\n  - post: 0x08\n`,
  'specs/skipped.yaml': `version: 1\nname: skipped\nskip: { reason: not on this chip }\n${GUEST}\nmilestones:\n  - post: 0x08\n`,
  'plain.test.js': "test('a test of the project', () => expect(1 + 1).toBe(2));\n",
  'setup.js': "beforeEach(() => process.stderr.write('hook of the project'));\n",
  'jest.config.js': "module.exports = { preset: 'milepost' };\n",
  'setup.config.js': "module.exports = { preset: 'milepost', setupFilesAfterEnv: ['./setup.js'] };\n",
};

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

(BUILT ? describe : describe.skip)(`the runner of specs${BUILT ? '' : ' (skipped: `npm run build` first)'}`, () => {
  let project: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'milepost-runner-'));
    for (const folder of ['node_modules', 'specs']) mkdirSync(join(project, folder));
    symlinkSync(ROOT, join(project, 'node_modules', 'milepost'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(project, name), text);
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  const jest = (...args: string[]): Output => {
    const cli = join(dirname(require.resolve('jest/package.json')), 'bin', 'jest.js');
    const inherited = Object.entries(process.env).filter(([name]) => !/^(JEST_|MILEPOST_|GITHUB_|CI$)/.test(name));
    const env = { ...Object.fromEntries(inherited), NO_COLOR: '1' };
    return spawnSync(process.execPath, [cli, '--runInBand', ...args], { cwd: project, encoding: 'utf8', env });
  };

  /** Jest's JSON, in the order of the files, without what time decides. */
  const results = (...args: string[]): unknown => {
    const timeless = (key: string, value: unknown): unknown =>
      /^(duration|startAt|startTime|endTime|numPassingAsserts|failureDetails)$/.test(key) ? undefined : value;
    const parsed = JSON.parse(jest('--json', ...args).stdout, timeless) as { testResults: { name: string }[] };
    return { ...parsed, testResults: parsed.testResults.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  };

  test.each(['', '-t=POST', '-t=missed serial'])(
    'jest says of each file what it says by jest-circus: %p',
    (arg) => {
      const given = arg === '' ? [] : [arg];
      expect(results(...given)).toEqual(results('--testRunner=jest-circus/runner', ...given));
    },
    60_000,
  );

  test('a project that sets up its tests has that done for specs too', () => {
    const { stderr } = jest('--config=setup.config.js', 'good');
    expect(stderr.match(/hook of the project/g)).toHaveLength(2);
    expect(stderr).toContain('Boots: 1 passed');
  }, 60_000);
});
