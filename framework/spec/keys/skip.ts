import type { TopLevelKey } from '../context';
import { required } from '../fields/field';
import { objectSchema, readFields } from '../fields/read-fields';
import { line } from '../fields/scalars';
import type { Located } from '../types';
import { declareSchema } from '../validation/declared';

const REASON = { ...line('why, in one line', ['needs a newer VGA ROM'], 300), schema: { type: 'string', maxLength: 300 } };
const FIELDS = { reason: required(REASON, 'why the spec does not run; stands in the output') };
const FIX = 'write skip: { reason: why }';

export const SKIP: TopLevelKey<Located<string>> = {
  key: 'skip',
  doc: 'Does not run the spec, and says why.',
  example: 'skip: { reason: needs a newer VGA ROM }',
  schema: declareSchema('skip', objectSchema(FIELDS, { noun: 'skip' })),
  read: (entry, context) => {
    const { value } = entry;
    if (value.kind !== 'map' || value.entries.length === 0) {
      return context.error('skip-without-reason', 'a spec is not skipped without a reason', entry.keySpan, FIX);
    }
    const read = readFields(value.entries, FIELDS, SKIP.schema, entry.keySpan, context);
    if (!read) return undefined;
    if (read.values.reason.trim() === '') return context.error('skip-without-reason', 'the reason is empty', value.span, FIX);
    return { value: read.values.reason, span: entry.keySpan };
  },
};
