import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** dist/code-cache/<version of Node>-<processor>: what V8 made of our code is of use to that V8 alone. */
export function codeCacheFolder(dist: string): string {
  return join(dist, 'code-cache', `${process.version}-${process.arch}`);
}

/**
 * The code that was kept for a source, undefined without any. `stamp` (ASCII) tells one build of the source from another: V8 itself
 * compares no more than its length.
 */
export function readCode(folder: string, name: string, stamp: string): Buffer | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  const file = readFileSync(path);
  return file.toString('latin1', 0, stamp.length) === stamp ? file.subarray(stamp.length) : undefined;
}

export function writeCode(folder: string, name: string, stamp: string, code: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  const part = join(folder, `${name}.${process.pid}`);
  writeFileSync(part, Buffer.concat([Buffer.from(stamp, 'latin1'), code]));
  renameSync(part, join(folder, name));
}
