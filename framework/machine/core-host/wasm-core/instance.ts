import { FRAMES, VCPUS_MAX } from '../../core/layout/memory-map';
import { FEATURES, CPU_SIGNATURE, FEATURES2, RESERVED_PHYSICAL, TSC_KHZ } from '../../core/layout/run-state';
import type { CoreExports, InterpreterExports } from '../core-exports';
import { hostImports, type HostContext } from '../host-imports';
import type { CoreHooks } from '../types';
import { Views } from '../views';
import { wasmModules } from '../wasm-files';

const WASM_PAGE = 65_536;

export interface CoreOptions {
  readonly vcpus: number;
  readonly hooks: CoreHooks;
  /** FEATURE_* bits of core/layout/features.ts. */
  readonly features: number;
  /** FEATURE2_* bits. */
  readonly features2?: number;
  /** EDX after RESET and INIT; 0 when absent. */
  readonly signature?: number;
  /** Frequency of the time stamp counter; 0 when absent: it stands still. */
  readonly tscKhz?: number;
  /** MAXPHYADDR, 32 to 52. */
  readonly physicalAddressBits: number;
}

/** The two sides of one Wasm instance: the runtime and the generated interpreter, over one memory. */
export interface CoreInstance {
  readonly context: HostContext;
  readonly exports: CoreExports;
  readonly interpreter: InterpreterExports;
}

/** Instantiates both, and starts the runtime with the CPU model of `options`. No vCPU has been reset. */
export function instantiate(options: CoreOptions): CoreInstance {
  if (options.vcpus < 1 || options.vcpus > VCPUS_MAX) throw new RangeError(`vcpus must be 1 to ${VCPUS_MAX}`);
  const memory = new WebAssembly.Memory({ initial: FRAMES / WASM_PAGE, maximum: 65_536 });
  const views = new Views(memory);
  const context: HostContext = { views, hooks: options.hooks, watches: undefined, quiet: true };
  const modules = wasmModules();
  const core = new WebAssembly.Instance(modules.core, { env: { memory, abort: unexpectedAbort }, host: hostImports(context) });
  const exports = core.exports as CoreExports;
  const interpreter = new WebAssembly.Instance(modules.interpreter, { env: { memory }, core: core.exports });
  views.setU32(FEATURES, options.features >>> 0);
  views.setU32(CPU_SIGNATURE, (options.signature ?? 0) >>> 0);
  views.setU32(FEATURES2, (options.features2 ?? 0) >>> 0);
  views.setU32(TSC_KHZ, options.tscKhz ?? 0);
  views.setU64(RESERVED_PHYSICAL, ((1n << 52n) - 1n) & ~((1n << BigInt(options.physicalAddressBits)) - 1n));
  exports.start();
  return { context, exports, interpreter: interpreter.exports as InterpreterExports };
}

function unexpectedAbort(): never {
  throw new Error('the x86 runtime aborted');
}
