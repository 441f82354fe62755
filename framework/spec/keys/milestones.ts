import type { ReadContext, TopLevelKey } from '../context';
import { closest } from '../../diagnostics/did-you-mean';
import { MILESTONE_ITEM_SCHEMA } from '../milestone-schema/all-fields';
import { readMilestone, type UnresolvedMilestone } from '../read-milestone';
import type { MilestoneSpec } from '../types';
import { declareSchema } from '../validation/declared';

const MAX_MILESTONES = 1000;
const START = 'start';
const LIST = declareSchema('milestones', { type: 'array', maxItems: MAX_MILESTONES, 'x-expected': 'a list of at most 1000 milestones' });

export const MILESTONES_KEY: TopLevelKey<readonly MilestoneSpec[]> = {
  key: 'milestones',
  doc: 'What must happen, in this order; anything else may happen in between.',
  example: 'milestones:\n  - executed: 0000:7c00\n  - serial: MBR reached',
  schema: { type: 'array', items: MILESTONE_ITEM_SCHEMA, minItems: 1, maxItems: MAX_MILESTONES },
  read: (entry, context) => {
    const { value } = entry;
    const isEmpty = (value.kind === 'list' && value.items.length === 0) || (value.kind === 'scalar' && value.value === null);
    if (isEmpty) {
      return context.error(
        'no-milestone',
        'a spec without milestones would pass whatever the guest did',
        entry.keySpan,
        'write - serial: the text that proves the boot',
      );
    }
    if (!context.fits(value, LIST, entry.keySpan) || value.kind !== 'list') return undefined;
    const read = value.items.map((item) => readMilestone(item, context));
    return resolveNames(read, context);
  },
};

/** Turns `from` names into indexes, and the default into the milestone before. */
function resolveNames(read: readonly (UnresolvedMilestone | undefined)[], context: ReadContext): MilestoneSpec[] | undefined {
  const names = new Map<string, number>();
  const resolved: MilestoneSpec[] = [];
  for (const [index, milestone] of read.entries()) {
    if (!milestone) continue;
    const { spec, fromName } = milestone;
    let from = index - 1;
    if (fromName && fromName.name !== START) {
      const found = names.get(fromName.name);
      if (found === undefined) reportUnknown(fromName, [...names.keys()], context);
      else from = found;
    } else if (fromName) from = -1;
    if (fromName && !spec.within)
      context.error(
        'bad-value',
        '`from` says where `within` counts from, and there is no `within`',
        fromName.span,
        'add within: 5M instructions',
      );
    if (spec.as !== undefined) {
      if (names.has(spec.as) || spec.as === START)
        context.error(
          'bad-value',
          `the name ${JSON.stringify(spec.as)} is taken`,
          spec.fieldSpans['as'] ?? spec.span,
          'give it another name',
        );
      names.set(spec.as, index);
    }
    resolved.push({ ...spec, from });
  }
  return resolved.length === read.length ? resolved : undefined;
}

function reportUnknown(
  from: { readonly name: string; readonly span: MilestoneSpec['span'] },
  names: readonly string[],
  context: ReadContext,
): void {
  const near = closest(from.name, names);
  const listed = names.length === 0 ? 'give an earlier milestone `as:` that name' : `names before it: ${names.join(', ')}`;
  context.error(
    'unknown-name',
    `no earlier milestone is called ${JSON.stringify(from.name)}`,
    from.span,
    near ? `did you mean ${near}?` : listed,
  );
}
