import { diagnostic } from '../diagnostics/diagnostic';
import { shownPath } from '../report/commands';
import { nodeFiles } from '../run/node-files';
import { parseFlags } from './arguments';
import { CommandError, type Command } from './command';
import { planSelected, SELECT_FLAGS, selectionOf } from './select';

export const LIST: Command = {
  name: 'list',
  usage: 'list [paths] [-t TEXT] [--tag NAME] [--json]',
  summary: 'the specs that run would boot, with name and tags',
  help: '  --json   as a list of { file, name, tags, problem }',
  run: (args, terminal) => {
    const { values, positionals } = parseFlags(args, { ...SELECT_FLAGS, json: { type: 'boolean' } });
    const specs = planSelected(positionals, selectionOf(values), terminal.cwd, nodeFiles());
    if (specs.length === 0) throw new CommandError(diagnostic('nothing-ran', 'no spec was selected'));
    const rows = specs.map(({ file, planned }) => {
      const path = shownPath(file, terminal.cwd);
      if (planned.ok) return { file: path, name: planned.plan.name, tags: planned.plan.tags, skip: planned.plan.skip?.value };
      return { file: path, name: '', tags: [], problem: planned.diagnostics[0]?.what ?? '' };
    });
    if (values.json === true) terminal.out(`${JSON.stringify(rows, null, 2)}\n`);
    else for (const row of rows) terminal.out(`${rowText(row)}\n`);
    return Promise.resolve(0);
  },
};

function rowText(row: {
  readonly file: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly skip?: string | undefined;
  readonly problem?: string;
}): string {
  if (row.problem !== undefined) return `${row.file}  ! ${row.problem}`;
  const tags = row.tags.length > 0 ? `  [${row.tags.join(', ')}]` : '';
  return `${row.file}  ${row.name}${tags}${row.skip === undefined ? '' : `  (skipped: ${row.skip})`}`;
}
