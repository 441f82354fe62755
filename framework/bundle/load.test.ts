import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const LOAD = join(ROOT, 'dist', 'framework', 'bundle', 'load.js');
/** Code of a V8 with other flags is refused; this one changes nothing else. */
const OTHER_FLAGS = ['--stack-size=900'];

const node = (...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout;
};

const isRefused = (...flags: string[]): unknown =>
  JSON.parse(node(...flags, '-p', `require(${JSON.stringify(LOAD)}).compileBundle().script.cachedDataRejected`));

test('V8 takes the bytecode that the build kept, and refuses that of other flags', () => {
  expect(isRefused()).toBe(false);
  expect(isRefused(...OTHER_FLAGS)).toBe(true);
});

test('a boot is the same with the kept code and without', () => {
  const reports = mkdtempSync(join(tmpdir(), 'milepost-load-'));
  const hash = (...flags: string[]): unknown => {
    node(...flags, join(ROOT, 'dist/framework/cli/main.js'), 'run', 'specs/reference/pc.yaml', '--output', reports);
    const { specs } = JSON.parse(readFileSync(join(reports, 'results.json'), 'utf8')) as { specs: { traceHash: unknown }[] };
    return specs[0]!.traceHash;
  };
  try {
    const withCode = hash();
    expect(withCode).toMatch(/^[0-9a-f]{64}$/);
    expect(hash(...OTHER_FLAGS)).toBe(withCode);
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
});
