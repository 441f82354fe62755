import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The user's project: the nearest directory above with a package.json, else the current one. */
export function projectRoot(cwd: string): string {
  for (let directory = cwd; ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json'))) return directory;
    if (dirname(directory) === directory) return cwd;
  }
}
