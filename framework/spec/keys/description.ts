import type { TopLevelKey } from '../context';
import { readScalar, scalarSchema } from '../fields/read-fields';
import { line } from '../fields/scalars';

const TYPE = line('text', ['Debian’s hvmloader with two vCPUs.'], 10_000);

export const DESCRIPTION: TopLevelKey<string> = {
  key: 'description',
  doc: 'Anything a reader should know; shown in reports.',
  example: 'description: Debian’s hvmloader with two vCPUs.',
  schema: scalarSchema(TYPE),
  read: (entry, context) => readScalar(entry.value, TYPE, context),
};
