import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCode, writeCode } from './code-file';
import { withOptimisedCode } from './compiled-wasm';

const CODE = Uint8Array.of(1, 2, 3);

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'milepost-code-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('code is kept for one build of its source only', () => {
  writeCode(folder, 'a.bin', 'build-1', CODE);
  expect(readdirSync(folder)).toEqual(['a.bin']);
  expect([...readCode(folder, 'a.bin', 'build-1')!]).toEqual([1, 2, 3]);
  expect(readCode(folder, 'a.bin', 'build-2')).toBeUndefined();
  expect(readCode(folder, 'b.bin', 'build-1')).toBeUndefined();
});

test('a file that was cut short is no code', () => {
  writeCode(folder, 'a.bin', 'build-1', CODE);
  truncateSync(join(folder, 'a.bin'), 4);
  expect(readCode(folder, 'a.bin', 'build-1')).toBeUndefined();
});

test('machine code that V8 does not know as its own gives no module', () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  expect(withOptimisedCode(empty, new Uint8Array(0))).toBeUndefined();
  expect(withOptimisedCode(empty, new Uint8Array(4096).fill(0x90))).toBeUndefined();
});
