import type { TopLevelKey } from '../context';
import { MILESTONE_ITEM_SCHEMA } from '../milestone-schema/all-fields';
import { readMilestone } from '../read-milestone';
import type { MilestoneSpec } from '../types';
import { declareSchema } from '../validation/declared';

const LIST = declareSchema('never', { type: 'array', maxItems: 1000, 'x-expected': 'a list of milestone forms' });
const ONLY_MILESTONES = ['within', 'from', 'count'];

export const NEVER: TopLevelKey<readonly MilestoneSpec[]> = {
  key: 'never',
  doc: 'What must not happen, over the whole run; checked on every instruction, not sampled.',
  example: 'never:\n  - serial: /panic|error/i\n  - port-write: 0xcf9',
  schema: { type: 'array', items: MILESTONE_ITEM_SCHEMA, maxItems: 1000 },
  read: (entry, context) => {
    const { value } = entry;
    if (!context.fits(value, LIST, entry.keySpan) || value.kind !== 'list') return undefined;
    const read = value.items.map((item) => {
      const milestone = readMilestone(item, context)?.spec;
      const wrong = milestone && ONLY_MILESTONES.find((name) => milestone.fieldSpans[name]);
      if (wrong === undefined) return milestone;
      return context.error(
        'bad-value',
        `${wrong} means nothing under never: once is too often`,
        milestone?.fieldSpans[wrong] ?? entry.keySpan,
        `take ${wrong} out`,
      );
    });
    const complete = read.filter((milestone): milestone is MilestoneSpec => milestone !== undefined);
    return complete.length === read.length ? complete : undefined;
  },
};
