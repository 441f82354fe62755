import { dirname, resolve } from 'node:path';
import type { Located } from '../spec/types';
import type { FileAccess } from './file-access';
import type { FileRef } from './types';

/** A value with a slash is a path; anything else is looked up as a name first. */
export function isPath(value: string): boolean {
  return value.includes('/');
}

/** The file that a value names, relative to the file in which the value stands; undefined when it cannot be read. */
export function fileOf(source: Located<string>, files: FileAccess): FileRef | undefined {
  const path = resolve(dirname(source.span.file), source.value);
  const sizeBytes = files.size(path);
  if (sizeBytes === undefined) return undefined;
  return { name: source.value, path, sizeBytes, sha256: files.sha256(path) };
}
