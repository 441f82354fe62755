import { ADDRESS_MASKS, DECODE_MAPS, DECODE_TABLES_BYTES, FRAMES, INDEX_2_30 } from '../../core/layout';
import { DecodeTable } from '../../isa/decode-table';
import type { RuntimeName } from '../../isa/emit/runtime';
import { RUNTIME, runtimeSignature } from '../../isa/emit/runtime';
import type { Handler } from '../../isa/handlers';
import { HandlerTable } from '../../isa/handlers';
import type { Row } from '../../isa/row';
import { FunctionBody } from '../wasm/function-body';
import { WasmModule } from '../wasm/module';
import { InterpreterAccess } from './access';
import { Dispatch } from './dispatch';

const PAGE = 65536;

function constants(): Uint8Array {
  const view = new DataView(new ArrayBuffer(INDEX_2_30 + 8 - ADDRESS_MASKS));
  [0xffffn, 0xffffffffn, -1n, 1n << 30n].forEach((value, index) => view.setBigInt64(index * 8, value, true));
  return new Uint8Array(view.buffer);
}

/** A handler off the hot path as a function of its own: (pc) -> (). Jumps are always in the dispatch loop. */
function coldBody(handler: Handler, runtime: (name: RuntimeName) => number): FunctionBody {
  const body = new FunctionBody(['i32']);
  const refuse = (): void => {
    throw new Error(`${handler.name} jumps`);
  };
  handler.emit(new InterpreterAccess(handler, { body, pc: 0, runtime, jump: refuse, again: refuse }));
  return body;
}

/** The interpreter module for an instruction set: `run`, its handlers, and the decode tables as data. */
export function generateInterpreter(rows: readonly Row[]): Uint8Array {
  const table = new HandlerTable(rows);
  const decode = new DecodeTable(rows, table);
  const module = new WasmModule();
  const imports = new Map<RuntimeName, number>();
  for (const name of Object.keys(RUNTIME) as RuntimeName[]) {
    imports.set(name, module.importFunction('core', name, runtimeSignature(name)));
  }
  const runtime = (name: RuntimeName): number => {
    const index = imports.get(name);
    if (index === undefined) throw new Error(`no runtime function ${name}`);
    return index;
  };
  const run = module.declareFunction({ params: [], results: [] });
  const cold = new Map<Handler, number>();
  for (const handler of table.handlers) {
    if (!handler.hot) cold.set(handler, module.declareFunction({ params: ['i32'], results: [] }));
  }
  const coldFunction = (handler: Handler): number => cold.get(handler) ?? run;
  module.defineFunction(run, new Dispatch(table.handlers, runtime, coldFunction).emit());
  for (const [handler, index] of cold) module.defineFunction(index, coldBody(handler, runtime));
  module.exportFunction('run', run);
  if (decode.bytes.length > DECODE_TABLES_BYTES) throw new Error('decode tables are too large');
  module.addData(ADDRESS_MASKS, constants());
  module.addData(DECODE_MAPS, decode.bytes);
  return module.encode(FRAMES / PAGE);
}
