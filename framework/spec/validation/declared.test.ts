import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { declareSchema, isKnownToFit } from './declared';

const ROOT = join(__dirname, '..', '..', '..');
const BUILT = existsSync(join(ROOT, 'dist', 'framework', 'spec', 'validation', 'compiled'));

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
      const { planSpecFile } = require('./dist/framework/run/plan-spec-file.js');
      for (const file of ${JSON.stringify(specs)}) planSpecFile(file, { root: '.' });
      console.log(JSON.stringify(Object.keys(require.cache).filter((path) => /ajv.dist.(ajv|core)\\./.test(path))));
    `);
    expect(loaded).toEqual([]);
  }, 60_000);

  test('a bad spec gets the diagnostics that it gets from ajv alone', () => {
    const folder = join('framework', 'spec', 'testdata', 'bad');
    const names = filesUnder(folder, /\.yaml$/);
    const texts = inBuild(`
      const { readFileSync } = require('node:fs');
      const { basename, dirname, join } = require('node:path');
      const { renderDiagnostics } = require('./dist/framework/diagnostics/render.js');
      const { readSpec } = require('./dist/framework/spec/read-spec.js');
      const related = (path) => { try { return { path, text: readFileSync(join('${folder}', path), 'utf8') }; } catch { return undefined; } };
      const read = (file) => readSpec(new TextDecoder('utf-8').decode(readFileSync(file)), basename(file), related);
      console.log(JSON.stringify(${JSON.stringify(names)}.map((file) => renderDiagnostics(read(file).diagnostics ?? []) + '\\n')));
    `);
    expect(texts).toEqual(names.map((name) => readFileSync(join(ROOT, name.replace(/\.yaml$/, '.txt')), 'utf8')));
  }, 60_000);
});
