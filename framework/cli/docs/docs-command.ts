import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageDirectory } from '../../run/plan-spec-file';
import { specJsonSchema } from '../../spec/json-schema';
import { specReference } from '../../spec/reference';
import { parseFlags } from '../arguments';
import type { Command } from '../command';

export const DOCS: Command = {
  name: 'docs',
  usage: 'docs [--output DIR]',
  summary: 'write the JSON Schema and the reference of the spec language',
  help: '  --output DIR   where to (framework/docs/reference)',
  run: (args, terminal) => {
    const { values } = parseFlags(args, { output: { type: 'string' } });
    const directory =
      values.output === undefined ? join(packageDirectory(), 'framework', 'docs', 'reference') : resolve(terminal.cwd, values.output);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'spec.schema.json'), `${JSON.stringify(specJsonSchema(), null, 2)}\n`);
    writeFileSync(join(directory, 'spec.md'), specReference());
    terminal.out(`wrote spec.schema.json and spec.md to ${directory}\n`);
    return Promise.resolve(0);
  },
};
