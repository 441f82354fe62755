import { isAbsolute, join, relative, sep } from 'node:path';

/** Directory of a spec's artefacts: its path below `root`, without the extension; `outside/…` when it lies elsewhere. */
export function runDirectory(reports: string, root: string, specFile: string): string {
  const path = relative(root, specFile).replace(/\.ya?ml$/i, '');
  const outside = isAbsolute(path) || path.startsWith('..');
  return outside
    ? join(reports, 'outside', ...path.split(/[\\/]/).filter((part) => !/^(\.\.|[a-z]:)?$/i.test(part)))
    : join(reports, ...path.split(sep));
}
