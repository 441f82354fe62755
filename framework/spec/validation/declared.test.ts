import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { planSpecFile } from '../../run/plan-spec-file';
import { declareSchema, isKnownToFit } from './declared';

const ROOT = join(__dirname, '..', '..', '..');
const BUILT = existsSync(join(ROOT, 'dist', 'milepost.js'));

/** Runs a program that may use what the build made, and gives what it prints as JSON. */
function inBuild(program: string): unknown {
  const child = spawnSync(process.execPath, ['-e', program], { cwd: ROOT, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

function filesUnder(folder: string, fits: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => fits.test(name))
    .map((name) => join(folder, name));
}

test('nothing is known of a schema that the build has not compiled', () => {
  expect(isKnownToFit('text', declareSchema('of this test', { type: 'string' }))).toBe(false);
  expect(isKnownToFit('text', { type: 'string' })).toBe(false);
});

(BUILT ? describe : describe.skip)(`compiled validators${BUILT ? '' : ' (skipped: `npm run build` first)'}`, () => {
  test('planning every spec, with its recipes and the manifests, needs no ajv', () => {
    const specs = filesUnder('specs', /\.yaml$/);
    expect(specs.length).toBeGreaterThan(50);
    const loaded = inBuild(`
      const { planSpecFile } = require('./dist/framework/bundle/load.js').loadBundle();
      for (const file of ${JSON.stringify(specs)}) planSpecFile(file, { root: '.' });
      console.log(JSON.stringify(Object.keys(require.cache).filter((path) => /ajv.dist.(ajv|core)\\./.test(path))));
    `);
    expect(loaded).toEqual([]);
  }, 60_000);

  test('a bad spec gets the diagnostics that it gets from ajv alone', () => {
    const files = filesUnder(join('framework', 'spec', 'testdata', 'bad'), /\.yaml$/).map((file) => join(ROOT, file));
    const found = inBuild(`
      const { planSpecFile } = require('./dist/framework/bundle/load.js').loadBundle();
      console.log(JSON.stringify(${JSON.stringify(files)}.map((file) => planSpecFile(file, { root: '.' }).diagnostics ?? [])));
    `);
    const expected = files.map((file) => {
      const planned = planSpecFile(file, { root: ROOT });
      return planned.ok ? [] : planned.diagnostics;
    });
    expect(found).toEqual(JSON.parse(JSON.stringify(expected)));
  }, 60_000);
});
