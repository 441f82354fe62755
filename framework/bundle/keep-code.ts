/**
 * `node keep-code.js`, the build's last step: boots the embedded firmware's specs, and keeps the bytecode and machine code that V8
 * made meanwhile, with which later processes begin (load.ts, wasm-files.ts).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeCacheFolder, writeCode } from '../code-cache/code-file';
import { BUNDLE, BUNDLE_CODE, compileBundle, evaluate } from './load';

/** By then V8 has optimised what is hot in the core. */
const ROUNDS = 4;

const dist = join(BUNDLE, '..');
const silent = () => undefined;

async function main(): Promise<void> {
  const { script, stamp } = compileBundle();
  const { dispatch, keepOptimisedCode } = evaluate(script);
  const reports = mkdtempSync(join(tmpdir(), 'milepost-code-'));
  const terminal = { cwd: join(dist, '..'), env: {}, isTty: false, out: silent, err: silent };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const code = await dispatch(['run', join('specs', 'reference'), '--output', reports], terminal);
      if (code !== 0) throw new Error(`the embedded firmware's specs end with code ${code}`);
      // Before V8 throws away what ran but once.
      if (round === 0) writeCode(codeCacheFolder(dist), BUNDLE_CODE, stamp, script.createCachedData());
    }
    keepOptimisedCode();
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
}

void main();
