import type { Core } from './types';
import type { CoreOptions } from './wasm-core/instance';
import { WasmCore } from './wasm-core/wasm-core';

/** A core at power-on: vCPU 0 at the reset vector, the others waiting for SIPI, no memory mapped. */
export function createCore(options: CoreOptions): Core {
  return new WasmCore(options);
}
