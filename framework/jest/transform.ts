import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, packageVersion } from '../report/save/version';

/** Hash of the build, so that a rebuilt framework never meets modules that an older one made. */
function buildStamp(): string {
  const stamp = join(packageRoot(), 'dist', '.build.json');
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
}

/**
 * Turns a YAML spec into a test module. The module only calls the runtime: the spec is read by the environment, outside jest's
 * sandbox, where the engine is loaded once a worker and not once a file.
 */
const transform = {
  canInstrument: true,

  process(_text: string, path: string): { code: string } {
    const runtime = join(__dirname, 'runtime.js');
    return { code: `// ${JSON.stringify(path)}\nrequire(${JSON.stringify(runtime)}).defineTests();\n` };
  },

  getCacheKey(text: string, path: string): string {
    return createHash('sha256').update([packageVersion(), buildStamp(), __dirname, path, text].join('\0')).digest('hex');
  },
};

export = transform;
