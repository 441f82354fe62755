import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The two compiled modules, once a process: every machine shares their code. */
export interface WasmModules {
  readonly core: WebAssembly.Module;
  readonly interpreter: WebAssembly.Module;
}

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

export function wasmModules(): WasmModules {
  if (cached === undefined) {
    const folder = wasmFolder();
    cached = {
      core: new WebAssembly.Module(readFileSync(join(folder, 'core.wasm'))),
      interpreter: new WebAssembly.Module(readFileSync(join(folder, 'interpreter.wasm'))),
    };
  }
  return cached;
}
