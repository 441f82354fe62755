import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { codeCacheFolder, readCode } from '../code-cache/code-file';
import type * as contentsModule from './contents';

type Contents = typeof contentsModule;

const DIST = join(__dirname, '..', '..');
export const BUNDLE = join(DIST, 'milepost.js');
/** File of the code cache. */
export const BUNDLE_CODE = 'milepost.bin';

let contents: Contents | undefined;

/** The framework as one file, with the bytecode that the build kept of it: a boot is short, and half of a cold one is compiling. */
export function loadBundle(): Contents {
  return (contents ??= evaluate(compileBundle().script));
}

/** The bundle's script, and the stamp of its build: the bundle's first line. */
export function compileBundle(): { readonly script: Script; readonly stamp: string } {
  const source = readFileSync(BUNDLE, 'latin1');
  const stamp = source.slice(0, source.indexOf('\n'));
  const cachedData = readCode(codeCacheFolder(DIST), BUNDLE_CODE, stamp);
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  return { script: new Script(wrapped, { filename: BUNDLE, ...(cachedData && { cachedData }) }), stamp };
}

/** The bundle's exports, as of a CommonJS module. */
export function evaluate(script: Script): Contents {
  const module = { exports: {} };
  const body = script.runInThisContext() as (...values: unknown[]) => void;
  body(module.exports, createRequire(BUNDLE), module, BUNDLE, dirname(BUNDLE));
  return module.exports as Contents;
}
