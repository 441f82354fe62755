import type { TopLevelKey } from '../context';

/** Version of the spec language (not of Milepost). */
export const VERSION: TopLevelKey<1> = {
  key: 'version',
  doc: 'Version of the spec language.',
  example: 'version: 1',
  schema: { const: 1, 'x-expected': '1 (the version of the spec language)' },
  read: (entry, context) => (context.fits(entry.value, VERSION.schema, entry.keySpan) ? 1 : undefined),
};
