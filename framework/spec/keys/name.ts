import type { TopLevelKey } from '../context';
import { line } from '../fields/scalars';
import { readScalar, scalarSchema } from '../fields/read-fields';

const TYPE = line('one line of text', ['hvmloader hands over to SeaBIOS, which boots the MBR'], 200);

export const NAME: TopLevelKey<string> = {
  key: 'name',
  doc: 'What the spec proves, in one line: the name of the test.',
  example: 'name: hvmloader hands over to SeaBIOS, which boots the MBR',
  schema: scalarSchema(TYPE),
  read: (entry, context) => {
    const name = readScalar(entry.value, TYPE, context);
    if (name === undefined) return undefined;
    if (name.trim() === '' || name.includes('\n')) return context.error('bad-value', 'a name is one line of text', entry.value.span);
    return name.trim();
  },
};
