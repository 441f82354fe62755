import type { TopLevelKey } from '../context';
import { declareSchema } from '../validation/declared';

const TAG = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,49}$', 'x-expected': 'a tag: letters, digits, . _ / -' };

export const TAGS: TopLevelKey<readonly string[]> = {
  key: 'tags',
  doc: 'Words to select specs by: `milepost run --tag smoke`.',
  example: 'tags: [xen, seabios, smoke]',
  schema: declareSchema('tags', { type: 'array', items: TAG, maxItems: 50, 'x-expected': 'a list of tags' }),
  read: (entry, context) => {
    if (!context.fits(entry.value, TAGS.schema, entry.keySpan) || entry.value.kind !== 'list') return undefined;
    return entry.value.items.map((item) => (item.kind === 'scalar' ? item.text : ''));
  },
};
