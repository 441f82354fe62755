import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const CLI = join(ROOT, 'dist', 'framework', 'cli', 'main.js');
const BUILT = existsSync(CLI);

/** MILEPOST_DETERMINISM=all takes every spec (minutes); by default the reference specs (seconds). */
const folders = process.env['MILEPOST_DETERMINISM'] === 'all' ? ['reference', 'pc', 'xen-hvm'] : ['reference'];
const specs = folders.flatMap((folder) =>
  readdirSync(join(ROOT, 'specs', folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join('specs', folder, name)),
);

interface Results {
  readonly specs: readonly { readonly file: string; readonly outcome: string; readonly traceHash: string }[];
}

/** Boots all specs in a process of their own; returns `outcome hash` of each, by file. */
async function hashes(): Promise<Record<string, string>> {
  const output = mkdtempSync(join(tmpdir(), 'milepost-determinism-'));
  const child = spawn(process.execPath, [CLI, 'run', ...specs, '--output', output], { cwd: ROOT, stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  const results = JSON.parse(readFileSync(join(output, 'results.json'), 'utf8')) as Results;
  rmSync(output, { recursive: true });
  return Object.fromEntries(results.specs.map(({ file, outcome, traceHash }) => [file, `${outcome} ${traceHash}`]));
}

/** Keeps every processor busy until stopped. */
function load(): () => void {
  const children = Array.from({ length: 4 }, () => spawn(process.execPath, ['-e', 'for (;;) Math.sqrt(2)'], { stdio: 'ignore' }));
  return () => {
    for (const child of children) child.kill('SIGKILL');
  };
}

(BUILT ? test : test.skip)(
  `every spec twice, in two processes, one under load: the same trace hash${BUILT ? '' : ' (skipped: `npm run build` first)'}`,
  async () => {
    const quiet = await hashes();
    const stop = load();
    const loaded = await hashes().finally(stop);
    expect(Object.keys(quiet)).toHaveLength(specs.length);
    expect(loaded).toEqual(quiet);
    for (const value of Object.values(quiet)) expect(value).toMatch(/^(skipped|\w[\w-]* [0-9a-f]{64})/);
  },
  1_800_000,
);
