import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join, resolve } from 'node:path';
import { diagnostic } from '../diagnostics/diagnostic';
import { CommandError } from './command';

const SPEC = /\.ya?ml$/i;
const DEFAULT = 'specs';
const MAX_DEPTH = 20;

/** The spec files that paths name: files as they are, directories with all below them, in a fixed order. No path: specs/. */
export function discover(paths: readonly string[], cwd: string): string[] {
  const found = (paths.length === 0 ? [DEFAULT] : paths).flatMap((path) => {
    const full = resolve(cwd, path);
    const stat = statSync(full, { throwIfNoEntry: false });
    if (!stat) {
      const fixme = paths.length === 0 ? 'name a spec or a directory of specs' : 'paths are relative to the current directory';
      throw new CommandError(diagnostic('usage', `there is no ${path}`, { fixme }));
    }
    return stat.isDirectory() ? below(full, 0) : [full];
  });
  return [...new Set(found)];
}

function below(directory: string, depth: number): string[] {
  if (depth > MAX_DEPTH) return [];
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a: Dirent, b: Dirent) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return below(path, depth + 1);
    return entry.isFile() && SPEC.test(entry.name) ? [path] : [];
  });
}
