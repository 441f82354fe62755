import type { JsonSchema } from './fields/field';
import { TOP_LEVEL_KEYS } from './keys/registry';

/** The JSON Schema of a whole spec, for editors: assembled from the same data that validation uses. Our `x-` notes are left out. */
export function specJsonSchema(): JsonSchema {
  const properties = Object.values(TOP_LEVEL_KEYS).map((key): [string, JsonSchema] => [key.key, { ...key.schema, description: key.doc }]);
  return withoutNotes({
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Milepost spec',
    description: 'A boot test for firmware and kernels.',
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    required: ['version', 'name', 'milestones'],
    oneOf: [{ required: ['guest'] }, { required: ['xl'] }],
  }) as JsonSchema;
}

function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith('x-'))
      .map(([key, inner]) => [key, withoutNotes(inner)]),
  );
}
