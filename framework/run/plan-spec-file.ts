import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { diagnostic } from '../diagnostics/diagnostic';
import { makePlan } from '../plan/make-plan';
import type { FileAccess } from '../plan/file-access';
import type { Planned } from '../plan/types';
import { readSpec } from '../spec/read-spec';
import { nodeFiles } from './node-files';

export interface PlanFileOptions {
  /** The user's project: where firmware/ and disk-images/ are looked for first. */
  readonly root: string;
  readonly files?: FileAccess;
}

const MAX_SPEC_BYTES = 4 * 1024 * 1024;

/** The directory of Milepost itself, with its firmware/ and disk-images/. */
export function packageDirectory(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) return __dirname;
    directory = parent;
  }
  return directory;
}

/** A spec file -> plan, or everything that is wrong with it. Never throws for what a file holds. */
export function planSpecFile(path: string, options: PlanFileOptions): Planned {
  const file = resolve(path);
  const files = options.files ?? nodeFiles();
  const text = decode(files, file);
  if (text === undefined) return { ok: false, diagnostics: [diagnostic('file-missing', `cannot read the spec ${file}`)] };
  const spec = readSpec(text, file, (related) => readRelated(files, resolve(dirname(file), related)));
  if (!spec.ok) return spec;
  try {
    return makePlan(spec.spec, text, { files, roots: [options.root, packageDirectory()] });
  } catch (error) {
    if (!isFileError(error)) throw error;
    return { ok: false, diagnostics: [diagnostic('file-missing', `a file of the spec cannot be read: ${error.message}`)] };
  }
}

/** What the operating system refused, as reading from a file that only looks like one. */
function isFileError(error: unknown): error is { readonly message: string } {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'message' in error;
}

function decode(files: FileAccess, path: string): string | undefined {
  const size = files.size(path);
  if (size === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(files.read(path, 0, Math.min(size, MAX_SPEC_BYTES)));
  } catch {
    return undefined;
  }
}

function readRelated(files: FileAccess, path: string): { readonly path: string; readonly text: string } | undefined {
  const text = decode(files, path);
  return text === undefined ? undefined : { path, text };
}
