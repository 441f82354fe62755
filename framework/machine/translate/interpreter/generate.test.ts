import { INSTRUCTION_SET } from '../../isa/instruction-set';
import { c32, c64, local, add } from '../../isa/emit/expression';
import { row } from '../../isa/row';
import { FunctionBody } from '../wasm/function-body';
import { WasmModule } from '../wasm/module';
import { HOT_VARIANTS } from '../../isa/hot-variants';
import { HandlerTable } from '../../isa/handlers';
import { fastForm } from './fast-access';
import { generateInterpreter } from './generate';

test('the same instruction set gives the same bytes, and Wasm takes them', () => {
  const module = generateInterpreter(INSTRUCTION_SET);
  expect(Buffer.from(module).equals(Buffer.from(generateInterpreter(INSTRUCTION_SET)))).toBe(true);
  expect(() => new WebAssembly.Module(module)).not.toThrow();
});

test('every variant that is listed for the dispatch loop exists and can stand there', () => {
  const { handlers } = new HandlerTable(INSTRUCTION_SET);
  const inLoop = new Set(handlers.filter((handler) => handler.hot && fastForm(handler) !== 'none').map(({ name }) => name));
  expect([...HOT_VARIANTS].filter((name) => !inLoop.has(name))).toEqual([]);
});

test('two rows with one encoding are an error that names both', () => {
  const nothing = (): void => undefined;
  const rows = [row('0f 3f /1', 'FIRST Ev', 'v', nothing), row('0f 3f', 'SECOND Ev', 'v', nothing)];
  expect(() => generateInterpreter(rows)).toThrow('FIRST and SECOND have the same encoding');
});

test.each([0, 63, 64, 127, 128, -1, -64, -65, 0x7fff_ffff, -0x8000_0000])('a constant %d survives the encoding', (value) => {
  const module = new WasmModule();
  const index = module.declareFunction({ params: ['i32'], results: [] });
  const body = new FunctionBody(['i32']);
  body.store(c32(16), add(local('i32', 0), c32(value)), 32);
  body.store(c32(24), c64(BigInt(value) * 0x1_0000_0001n), 64);
  module.defineFunction(index, body);
  module.exportFunction('f', index);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.encode(1)), { env: { memory } });
  (exports['f'] as (x: number) => void)(5);
  const view = new DataView(memory.buffer);
  expect(view.getInt32(16, true)).toBe((value + 5) | 0);
  expect(view.getBigInt64(24, true)).toBe(BigInt.asIntN(64, BigInt(value) * 0x1_0000_0001n));
});
