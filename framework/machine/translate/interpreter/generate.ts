import { OP_BYTES } from '../../core/layout/blocks';
import { DECODE_MAPS, DECODE_TABLES_BYTES } from '../../core/layout/decode-tables';
import { FRAMES } from '../../core/layout/memory-map';
import { ADDRESS_MASKS, INDEX_2_30 } from '../../core/layout/run-state';
import { DecodeTable } from '../../isa/decode-table';
import type { Expr } from '../../isa/emit/expression';
import { add, c32, local } from '../../isa/emit/expression';
import type { RuntimeName, Signature } from '../../isa/emit/runtime';
import { RUNTIME, runtimeSignature } from '../../isa/emit/runtime';
import type { Handler, HandlerEnd } from '../../isa/handlers';
import { HandlerTable } from '../../isa/handlers';
import type { Row } from '../../isa/row';
import { FunctionBody } from '../wasm/function-body';
import { WasmModule } from '../wasm/module';
import { InterpreterAccess } from './access';
import { Dispatch } from './dispatch';
import { fastForm } from './fast-access';

const PAGE = 65536;

function constants(): Uint8Array {
  const view = new DataView(new ArrayBuffer(INDEX_2_30 + 8 - ADDRESS_MASKS));
  [0xffffn, 0xffffffffn, -1n, 1n << 30n].forEach((value, index) => view.setBigInt64(index * 8, value, true));
  return new Uint8Array(view.buffer);
}

/**
 * Slow forms take the op record's address. They give that of the next record, the target of a near jump, or nothing when the runtime
 * decides what comes next.
 */
const SLOW_SIGNATURES: Record<HandlerEnd, Signature> = {
  next: { params: ['i32'], results: ['i32'] },
  jump: { params: ['i32'], results: ['i64'] },
  terminal: { params: ['i32'], results: [] },
};

/** A handler as a function of its own, complete with what is rare. */
function slowBody(handler: Handler, runtime: (name: RuntimeName) => number): FunctionBody {
  const body = new FunctionBody(['i32']);
  const jump = (target: Expr): void => {
    body.push(target);
    body.return();
  };
  // The dispatch loop takes the jump to the block's own start as any other.
  const again = (): void => undefined;
  handler.emit(new InterpreterAccess(handler, { body, pc: 0, runtime, jump, again }));
  if (handler.end === 'next') body.push(add(local('i32', 0), c32(OP_BYTES)));
  else if (handler.end === 'jump') body.unreachable();
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
  const inlined = new Set<Handler>();
  for (const handler of table.handlers) {
    const form = handler.hot ? fastForm(handler) : 'none';
    if (form !== 'none') inlined.add(handler);
    if (form === 'complete') continue;
    const index = module.declareFunction(SLOW_SIGNATURES[handler.end]);
    module.defineFunction(index, slowBody(handler, runtime));
    module.setTable(handler.id, index);
  }
  const slowType = (end: HandlerEnd): number => module.typeOf(SLOW_SIGNATURES[end]);
  module.defineFunction(run, new Dispatch(table.handlers, inlined, { runtime, slowType }).emit());
  module.exportFunction('run', run);
  if (decode.bytes.length > DECODE_TABLES_BYTES) throw new Error('decode tables are too large');
  module.addData(ADDRESS_MASKS, constants());
  module.addData(DECODE_MAPS, decode.bytes);
  return module.encode(FRAMES / PAGE);
}
