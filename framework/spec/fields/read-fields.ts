import { diagnostic, type Span } from '../../diagnostics/diagnostic';
import type { ReadContext } from '../context';
import type { MapEntry, Node } from '../yaml/tree';
import type { Field, Fields, FieldType, FieldValues, JsonSchema } from './field';

/** The JSON Schema of a scalar of that type, with our annotations. */
export function scalarSchema(type: FieldType<unknown>, doc?: string): JsonSchema {
  return {
    ...type.schema,
    ...(doc !== undefined && { description: doc }),
    examples: type.examples,
    'x-expected': type.expected,
    ...(type.needsUnit === true && { 'x-needs-unit': true }),
  };
}

interface ObjectSchemaOptions {
  readonly noun: string;
  readonly later?: readonly string[];
  readonly extra?: Readonly<Record<string, JsonSchema>>;
}

/** The JSON Schema of a map of fields: nothing else is allowed in it. */
export function objectSchema(fields: Fields, options: ObjectSchemaOptions): JsonSchema {
  const own = Object.entries(fields).map(([name, field]): [string, JsonSchema] => [name, scalarSchema(field.type, field.doc)]);
  const required = Object.entries(fields).filter(([, field]) => field.required);
  return {
    type: 'object',
    properties: { ...Object.fromEntries(own), ...options.extra },
    additionalProperties: false,
    ...(required.length > 0 && { required: required.map(([name]) => name) }),
    ...(options.later && { 'x-later': options.later }),
    'x-noun': options.noun,
    'x-expected': `a map of ${[...Object.keys(fields), ...Object.keys(options.extra ?? {})].slice(0, 4).join(', ')}…`,
  };
}

/** A scalar read as that type, or undefined after reporting at its place. */
export function readScalar<T>(node: Node, type: FieldType<T>, context: ReadContext): T | undefined {
  if (node.kind !== 'scalar' || node.value === null) {
    context.fits(node, { ...scalarSchema(type), type: ['string', 'number', 'boolean'] });
    return undefined;
  }
  const parsed = type.parse(node.text);
  if (parsed.ok) return parsed.value;
  const bare = type.needsUnit === true && /^[0-9._]+$/.test(node.text.trim());
  return context.report(diagnostic(bare ? 'unit-missing' : 'bad-value', parsed.what, { span: node.span, fixme: parsed.fixme }));
}

interface FieldsRead<F extends Fields> {
  readonly values: FieldValues<F>;
  readonly spans: Readonly<Record<string, Span>>;
}

/**
 * Reads the entries of a map as fields. A value's own parser speaks first, for it knows best what is wrong; the schema then says
 * whatever else is (unknown and missing keys, values that parse but do not fit).
 */
export function readFields<F extends Fields>(
  entries: readonly MapEntry[],
  fields: F,
  schema: JsonSchema,
  owner: Span,
  context: ReadContext,
): FieldsRead<F> | undefined {
  const before = context.diagnostics.length;
  const values: Record<string, unknown> = {};
  const spans: Record<string, Span> = {};
  const unread = new Set<string>();
  for (const { key, value } of entries) {
    const field = Object.hasOwn(fields, key) ? (fields as Readonly<Record<string, Field<unknown>>>)[key] : undefined;
    spans[key] = value.span;
    if (!field) continue;
    values[key] = readScalar(value, field.type, context);
    if (values[key] === undefined) unread.add(key);
  }
  const rest = entries.filter((entry) => !unread.has(entry.key));
  context.fits({ kind: 'map', entries: rest, span: owner }, withoutRequired(schema, unread), owner);
  return context.diagnostics.length === before ? { values: values as FieldValues<F>, spans } : undefined;
}

const relaxed = new WeakMap<JsonSchema, Map<string, JsonSchema>>();

/** The schema without the demand for keys that are there but could not be read: they have been reported. */
function withoutRequired(schema: JsonSchema, present: ReadonlySet<string>): JsonSchema {
  const required = schema['required'];
  if (present.size === 0 || !Array.isArray(required)) return schema;
  const left = required.filter((name) => !present.has(String(name))).map(String);
  const variants = relaxed.get(schema) ?? new Map<string, JsonSchema>();
  relaxed.set(schema, variants);
  const key = left.join(' ');
  const known = variants.get(key) ?? { ...schema, required: left };
  variants.set(key, known);
  return known;
}
