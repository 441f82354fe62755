import type { Span } from '../diagnostics/diagnostic';
import { closest } from '../diagnostics/did-you-mean';
import type { Cost } from '../quantities/cost';
import type { Range } from '../quantities/range';
import { REGISTER_BITS } from '../quantities/registers';
import { notSupported } from './validation/check';
import type { ReadContext } from './context';
import { readFields } from './fields/read-fields';
import { MILESTONES, type CompleteSchema } from './milestone-schema/all-fields';
import { COMMON_FIELDS } from './milestone-schema/common';
import { LATER_MILESTONES } from './milestone-schema/registry';
import type { MilestoneSpec, RegisterCondition } from './types';
import { describeNode, type MapEntry, type Node } from './yaml/tree';

/** A milestone whose `from` is still a name. */
export interface UnresolvedMilestone {
  readonly spec: MilestoneSpec;
  readonly fromName?: { readonly name: string; readonly span: Span };
}

/** Reads one entry of `milestones` or `never`: `key: value`, `key: { … }`, or just the key. */
export function readMilestone(item: Node, context: ReadContext): UnresolvedMilestone | undefined {
  if (item.kind === 'scalar' && item.value !== null) {
    const schema = lookUp({ key: item.text, keySpan: item.span, value: item }, context);
    return schema && readParameters(schema, [], item.span, item.span, context);
  }
  if (item.kind !== 'map' || item.entries.length === 0) {
    return context.error('wrong-type', `expected a milestone, found ${describeNode(item)}`, item.span, 'write - serial: MBR reached');
  }
  const [entry, second] = item.entries;
  if (!entry) return undefined;
  const schema = lookUp(entry, context);
  if (!schema) return undefined;
  if (second) {
    const isField = Object.hasOwn(schema.fields, second.key);
    const fixme = isField
      ? `write - ${entry.key}: { …, ${second.key}: … }, or indent ${second.key} under ${entry.key}`
      : 'begin each milestone with a dash';
    return context.error('wrong-type', `one milestone has one key; ${JSON.stringify(second.key)} is a second one`, second.keySpan, fixme);
  }
  return readValue(schema, entry, context);
}

function lookUp(entry: MapEntry, context: ReadContext): CompleteSchema | undefined {
  const schema = MILESTONES.get(entry.key);
  if (schema) return schema;
  if (LATER_MILESTONES.includes(entry.key)) return context.report(notSupported(entry.key, entry.keySpan));
  const near = closest(entry.key, [...MILESTONES.keys(), ...LATER_MILESTONES]);
  return context.report({
    code: 'unknown-key',
    what: `there is no milestone ${JSON.stringify(entry.key.slice(0, 60))}`,
    span: entry.keySpan,
    notes: near ? [{ kind: 'closest', text: near }] : [],
    fixme: near ? `did you mean ${near}?` : `milestones: ${[...MILESTONES.keys()].join(', ')}`,
  });
}

function readValue(schema: CompleteSchema, entry: MapEntry, context: ReadContext): UnresolvedMilestone | undefined {
  const { value, keySpan } = entry;
  if (value.kind === 'map') return readParameters(schema, value.entries, keySpan, value.span, context);
  if (value.kind === 'scalar' && value.value === null) return readParameters(schema, [], keySpan, keySpan, context);
  const { main } = schema.base;
  if (value.kind === 'list') {
    return context.error('wrong-type', `${entry.key} takes ${main === undefined ? 'a map' : 'a value or a map'}, not a list`, value.span);
  }
  if (main === undefined) {
    return context.error('wrong-type', `${entry.key} has no short form`, value.span, `write ${schema.base.examples.at(-1) ?? entry.key}`);
  }
  return readParameters(schema, [{ key: main, keySpan, value }], keySpan, value.span, context, true);
}

function readParameters(
  schema: CompleteSchema,
  entries: readonly MapEntry[],
  keySpan: Span,
  whole: Span,
  context: ReadContext,
  isShort = false,
): UnresolvedMilestone | undefined {
  const read = readFields(entries, schema.fields, schema.long, keySpan, context);
  if (!read) return undefined;
  const { within, as, from, count, ...values } = read.values as Readonly<Record<string, unknown>>;
  if (count === 0)
    return context.error('bad-value', 'count: 0 could never be met', read.spans['count'] ?? keySpan, 'use never for what must not happen');
  const key = schema.base.key;
  const params = Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(schema.base.fields, name)));
  const written = entries.map((entry) => `${entry.key} ${entry.value.kind === 'scalar' ? entry.value.text : ''}`);
  // The schema that checked `params` is the one MilestoneSpec derives the type of this key's params from.
  const spec = {
    key,
    params,
    registers: registersOf(schema, values, read.spans),
    label: typeof as === 'string' ? as : labelOf(schema, entries),
    expected: isShort ? labelOf(schema, entries) : [key, written.join(', ')].filter((part) => part !== '').join(': '),
    ...(typeof as === 'string' && { as }),
    ...(within !== undefined && { within: within as Cost }),
    from: -1,
    count: typeof count === 'number' ? count : 1,
    span: keySpan.line === whole.line ? joined(keySpan, whole) : keySpan,
    fieldSpans: read.spans,
  } as unknown as MilestoneSpec;
  return { spec, ...(typeof from === 'string' && { fromName: { name: from, span: read.spans['from'] ?? keySpan } }) };
}

function registersOf(
  schema: CompleteSchema,
  values: Readonly<Record<string, unknown>>,
  spans: Readonly<Record<string, Span>>,
): RegisterCondition[] {
  const names = Object.keys(values).filter((name) => REGISTER_BITS.has(name) && !Object.hasOwn(schema.base.fields, name));
  return names.flatMap((register) => {
    const span = spans[register];
    return span ? [{ register, value: values[register] as Range<bigint>, span }] : [];
  });
}

/** Key and main condition: `mbr-read hda`; without a main field the first condition. */
function labelOf(schema: CompleteSchema, entries: readonly MapEntry[]): string {
  const own = entries.filter((entry) => !Object.hasOwn(COMMON_FIELDS, entry.key));
  const shown = own.find((entry) => entry.key === schema.base.main) ?? own[0];
  return shown?.value.kind === 'scalar' ? `${schema.base.key} ${shown.value.text}` : schema.base.key;
}

/** From the key to the end of the value, both in one line. */
function joined(key: Span, value: Span): Span {
  return { ...key, length: Math.max(key.length, value.column + value.length - key.column) };
}
