import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeCacheFolder, readCode, writeCode } from '../../code-cache/code-file';
import { optimisedCode, withOptimisedCode } from '../../code-cache/compiled-wasm';

const NAMES = ['core', 'interpreter'] as const;

/** The two compiled modules, once a process: every machine shares their code. */
export type WasmModules = Readonly<Record<(typeof NAMES)[number], WebAssembly.Module>>;

let cached: WasmModules | undefined;

/** dist/wasm of the package this file belongs to, whether it runs from dist/ or through a TypeScript loader. */
function wasmFolder(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    for (const candidate of [join(folder, 'wasm'), join(folder, 'dist', 'wasm')]) {
      if (existsSync(join(candidate, 'core.wasm'))) return candidate;
    }
  }
  throw new Error('dist/wasm/core.wasm is missing: run `npm run build`');
}

const stampOf = (wire: Uint8Array): string => createHash('sha256').update(wire).digest('hex');

/** A module with the machine code that the build kept of it; without that V8 begins with its baseline compiler. */
function load(folder: string, name: string): WebAssembly.Module {
  const wire = readFileSync(join(folder, `${name}.wasm`));
  const code = readCode(codeCacheFolder(dirname(folder)), `${name}.bin`, stampOf(wire));
  return (code && withOptimisedCode(wire, code)) ?? new WebAssembly.Module(wire);
}

export function wasmModules(): WasmModules {
  if (cached === undefined) {
    const folder = wasmFolder();
    cached = { core: load(folder, 'core'), interpreter: load(folder, 'interpreter') };
  }
  return cached;
}

/** Keeps what V8 has optimised of both, for the processes to come. */
export function keepOptimisedCode(): void {
  const folder = wasmFolder();
  const modules = wasmModules();
  for (const name of NAMES) {
    const code = optimisedCode(modules[name]);
    if (code) writeCode(codeCacheFolder(dirname(folder)), `${name}.bin`, stampOf(readFileSync(join(folder, `${name}.wasm`))), code);
  }
}
