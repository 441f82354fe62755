import { findVariableStore, listVariables, readVariable, variablesWithState } from './variable-store';
import { emptyVariableChip, variableBytes } from './variable-store.test-support';

const GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const FIRST = 0x64;

function chip(): Uint8Array {
  const bytes = emptyVariableChip(0x1000);
  const first = variableBytes('Lang', GLOBAL, [0x65, 0x6e, 0x67]);
  bytes.set(first, FIRST);
  bytes[FIRST + 2] = 0x3f;
  bytes.set(variableBytes('Timeout', GLOBAL, [3, 0]), FIRST + Math.ceil(first.length / 4) * 4);
  return bytes;
}

test('variables follow each other on boundaries of four; erased flash ends the list', () => {
  expect(listVariables(chip())).toEqual([
    expect.objectContaining({ name: 'Lang', guid: GLOBAL, attributes: 7, state: 0x3f, data: Uint8Array.of(0x65, 0x6e, 0x67) }),
    expect.objectContaining({ name: 'Timeout', state: 0xff, data: Uint8Array.of(3, 0) }),
  ]);
  expect(listVariables(new Uint8Array(0x1000).fill(0xff))).toEqual([]);
});

test('a write is of a variable when it covers the state in a header, not when it covers equal bytes elsewhere', () => {
  const bytes = chip();
  const store = findVariableStore(bytes)!;
  expect(variablesWithState(bytes, store, FIRST + 2, 1).map(({ name }) => name)).toEqual(['Lang']);
  expect(variablesWithState(bytes, store, FIRST, 0x100).map(({ name }) => name)).toEqual(['Lang', 'Timeout']);
  expect(variablesWithState(bytes, store, FIRST + 3, 1)).toEqual([]);
});

test('lengths that reach past the store, odd names and names without an end are no variables', () => {
  const broken = (change: (bytes: Uint8Array) => void): unknown => {
    const bytes = chip();
    change(bytes);
    return readVariable(bytes, findVariableStore(bytes)!, FIRST);
  };
  expect(broken(() => undefined)).toBeDefined();
  expect(broken((bytes) => bytes.fill(0xff, FIRST + 36, FIRST + 44))).toBeUndefined();
  expect(broken((bytes) => (bytes[FIRST + 42] = 0x10))).toBeUndefined();
  expect(broken((bytes) => (bytes[FIRST + 36] = 9))).toBeUndefined();
  expect(broken((bytes) => (bytes[FIRST + 36] = 8))).toBeUndefined();
});

test('a volume of other content has no store', () => {
  const bytes = emptyVariableChip(0x1000);
  bytes[0x48] = 0;
  expect(findVariableStore(bytes)).toBeUndefined();
});
