import { ARENA, HANDLER_UD, OP_HANDLER } from '../machine/core/layout/blocks';
import { MODE_CODE32, MODE_CODE64, MODE_LONG, MODE_PROTECTED } from '../machine/core/layout/cpu-state';
import { FRAMES } from '../machine/core/layout/memory-map';
import { FEATURES, FEATURES2 } from '../machine/core/layout/run-state';
import { wasmModules } from '../machine/core-host/wasm-files';
import { CPU_MODELS, DEFAULT_CPU } from '../machine/platform/cpu-model/models';
import type { CodeSize } from './decode-packs';

const WASM_PAGE = 65_536;
const LONGEST = 15;
const BYTES = ARENA;
const RECORD = ARENA + 0x100;
const MODES: Record<CodeSize, number> = {
  16: MODE_PROTECTED,
  32: MODE_PROTECTED | MODE_CODE32,
  64: MODE_PROTECTED | MODE_LONG | MODE_CODE64,
};

/** What our decoder makes of some bytes: their length, or 0 for #UD and -1 when there are too few or too many of them. */
export type Decoder = (bits: CodeSize, bytes: Uint8Array) => number;

/** The built decoder with the tables of the built interpreter, for the default CPU model. */
export function createDecoder(): Decoder {
  const { core, interpreter } = wasmModules();
  const memory = new WebAssembly.Memory({ initial: FRAMES / WASM_PAGE + 1 });
  const none = (): number => 0;
  // The decoder asks nothing of the host.
  const host = new Proxy<WebAssembly.ModuleImports>({}, { get: () => none });
  const { exports } = new WebAssembly.Instance(core, { env: { memory, abort: none }, host });
  new WebAssembly.Instance(interpreter, { env: { memory }, core: exports });
  const decode = exports['decode'] as (bytes: number, available: number, mode: number, record: number, offset: number) => number;
  const view = new DataView(memory.buffer);
  const window = new Uint8Array(memory.buffer, BYTES, 32);
  view.setUint32(FEATURES, CPU_MODELS[DEFAULT_CPU].features, true);
  view.setUint32(FEATURES2, CPU_MODELS[DEFAULT_CPU].features2, true);
  return (bits, bytes) => {
    window.fill(0);
    window.set(bytes.subarray(0, LONGEST));
    // An invalid opcode may ask for more bytes than a row has: then zeros follow.
    let length = decode(BYTES, bytes.length, MODES[bits], RECORD, 0);
    const isShort = length === 0;
    if (isShort) length = decode(BYTES, LONGEST, MODES[bits], RECORD, 0);
    if (length <= 0) return -1;
    if (view.getUint16(RECORD + OP_HANDLER, true) === HANDLER_UD) return 0;
    return isShort ? -1 : length;
  };
}
