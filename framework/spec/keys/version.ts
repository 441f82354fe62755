import type { TopLevelKey } from '../context';
import { declareSchema } from '../validation/declared';

/** Version of the spec language (not of Milepost). */
export const VERSION: TopLevelKey<1> = {
  key: 'version',
  doc: 'Version of the spec language.',
  example: 'version: 1',
  schema: declareSchema('version', { const: 1, 'x-expected': '1 (the version of the spec language)' }),
  read: (entry, context) => (context.fits(entry.value, VERSION.schema, entry.keySpan) ? 1 : undefined),
};
