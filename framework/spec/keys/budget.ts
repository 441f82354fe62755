import type { Cost } from '../../quantities/cost';
import type { TopLevelKey } from '../context';
import { readScalar, scalarSchema } from '../fields/read-fields';
import { COST } from '../fields/scalars';
import type { Located } from '../types';

export const BUDGET: TopLevelKey<Located<Cost>> = {
  key: 'budget',
  doc: 'What the whole run may cost, in instructions or virtual time. Wall time is never a limit.',
  example: 'budget: 60M instructions',
  schema: scalarSchema(COST),
  read: (entry, context) => {
    const value = readScalar(entry.value, COST, context);
    return value && { value, span: entry.value.span };
  },
};
