import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FinishedRun } from '../../run/result';
import type { ReportContext } from '../context';
import type { ReproVersions } from '../repro';
import { interruptedEntry, type SpecEntry } from '../summary/spec-entry';
import { artefactsOf, type Artefact } from './artefacts';

const STARTED = 'started';
const RESULT = 'result.json';

/** Writes `path` whole or not at all: readers never see half a file. */
export function writeAtomically(path: string, contents: string | Uint8Array | Iterable<string | Uint8Array>): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  if (typeof contents === 'string' || contents instanceof Uint8Array) {
    writeFileSync(temporary, contents);
  } else {
    const file = openSync(temporary, 'w');
    try {
      for (const piece of contents) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
  }
  renameSync(temporary, path);
}

/**
 * Clears what the spec's last run left in `directory` and marks a new one as started, so that a run that is killed shows.
 * Only a directory that such a mark says is ours is cleared.
 */
export function beginRun(directory: string, spec: { readonly name: string; readonly file: string }): void {
  if (existsSync(join(directory, STARTED))) rmSync(directory, { recursive: true, force: true });
  writeAtomically(join(directory, STARTED), `${JSON.stringify(spec)}\n`);
}

/** Writes all artefacts of a run into `directory`, the result last. */
export function saveRun(
  run: FinishedRun,
  directory: string,
  cwd: string,
  versions: ReproVersions,
): { readonly context: ReportContext; readonly files: readonly Artefact[] } {
  const saved = artefactsOf(run, directory, cwd, versions);
  for (const { name, contents } of saved.files) writeAtomically(join(directory, name), contents());
  return saved;
}

/** What the last run in `directory` left: its entry, an `interrupted` one when it never ended, or undefined when none began. */
export function loadEntry(directory: string): SpecEntry | undefined {
  const result = join(directory, RESULT);
  if (existsSync(result)) return JSON.parse(readFileSync(result, 'utf8')) as SpecEntry;
  const started = join(directory, STARTED);
  if (!existsSync(started)) return undefined;
  const spec = JSON.parse(readFileSync(started, 'utf8')) as { name: string; file: string };
  return interruptedEntry(spec.name, spec.file);
}
