import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFiles } from './node-files';

const directory = mkdtempSync(join(tmpdir(), 'milepost-files-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('a file that is replaced is read anew, its hash too', () => {
  const path = join(directory, 'a');
  writeFileSync(path, 'first');
  const hash = nodeFiles().sha256(path);
  expect(Buffer.from(nodeFiles().read(path, 1, 100)).toString()).toBe('irst');
  writeFileSync(`${path}.new`, 'other');
  renameSync(`${path}.new`, path);
  expect(Buffer.from(nodeFiles().read(path, 0, 100)).toString()).toBe('other');
  expect(nodeFiles().sha256(path)).not.toBe(hash);
});

test('what is no file has no size and cannot be read', () => {
  expect([directory, join(directory, 'none'), '/dev/zero', 'a\0b', 'x'.repeat(5000)].map((path) => nodeFiles().size(path))).toEqual(
    Array(5).fill(undefined),
  );
  expect(() => nodeFiles().read(join(directory, 'none'), 0, 1)).toThrow();
  expect(nodeFiles().list(join(directory, 'none'))).toEqual([]);
});

const FDS = '/proc/self/fd';
const hasFds = existsSync(FDS);

(hasFds ? test : test.skip)(`many files do not keep many descriptors${hasFds ? '' : ' (skipped: no /proc here)'}`, () => {
  const before = readdirSync(FDS).length;
  for (let index = 0; index < 100; index++) {
    const path = join(directory, `many-${index}`);
    writeFileSync(path, 'x');
    nodeFiles().read(path, 0, 1);
  }
  expect(readdirSync(FDS).length - before).toBeLessThanOrEqual(34);
});
