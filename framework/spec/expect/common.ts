import type { Span } from '../../diagnostics/diagnostic';
import { parseUnsigned64 } from '../../quantities/integer';
import { good } from '../../quantities/parsed';
import { parseRange64, type Range } from '../../quantities/range';
import { parseTextMatch } from '../../quantities/text-match';
import type { ReadContext } from '../context';
import type { Fields, FieldType, JsonSchema } from '../fields/field';
import { readScalar } from '../fields/read-fields';
import { VALUE, word } from '../fields/scalars';
import type { E820Type, ExpectationSpec, FieldCondition } from '../types';
import type { MapEntry, Node } from '../yaml/tree';
import { declareSchema } from '../validation/declared';

/** One kind of expectation: one file in expect/. */
export interface ExpectationReader {
  /** Key, or the pattern of the key when a part of it varies. */
  readonly key: string | RegExp;
  /** As the reference writes the key. */
  readonly shown: string;
  readonly doc: string;
  /** The named fields of one check, for the reference. */
  readonly fields: Fields;
  readonly examples: readonly string[];
  readonly schema: JsonSchema;
  read(entry: MapEntry, context: ReadContext): ExpectationSpec | undefined;
}

/** Address-range types as specs name them (ACPI 6.5, table 15.4: 1 to 5). */
export const E820_TYPE = word<E820Type>(['ram', 'reserved', 'acpi', 'nvs', 'unusable']);

export const RANGE64: FieldType<Range<bigint>> = {
  ...VALUE,
  expected: 'a range, both ends inclusive: 0x0..0x9fbff',
  examples: ['0x0..0x9fbff'],
};

const INSIDE: FieldType<FieldCondition> = {
  expected: 'a range, or e820.<type>',
  examples: ['0xfc000000..0xfdffffff', 'e820.acpi'],
  schema: { type: ['string', 'integer'] },
  parse: (text) => {
    if (text.startsWith('e820.')) {
      const type = E820_TYPE.parse(text.slice('e820.'.length));
      return type.ok ? good({ kind: 'inside-e820', type: type.value }) : type;
    }
    const range = parseRange64(text);
    return range.ok ? good({ kind: 'inside', range: range.value }) : range;
  },
};

/** JSON Schema of what a decoded field must be. */
export const CONDITION_SCHEMA: JsonSchema = {
  anyOf: [
    { type: ['string', 'integer', 'boolean'] },
    {
      type: 'object',
      properties: { inside: INSIDE.schema, contains: { type: 'string' } },
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
    },
  ],
  'x-expected': 'a number, a range, text, /regular expression/, { inside: range } or { contains: text }',
};

const CONDITION_MAP: JsonSchema = declareSchema('expect.condition', {
  ...(CONDITION_SCHEMA['anyOf'] as JsonSchema[])[1],
  'x-noun': 'a condition',
  'x-expected': 'inside or contains, one of them',
});

/** A number (`0x1b`), a range (`1..4`), text (all of it), `/…/`, `{ inside: … }`, or `{ contains: … }`. */
export function readCondition(node: Node, context: ReadContext): FieldCondition | undefined {
  if (node.kind === 'map') {
    if (!context.fits(node, CONDITION_MAP)) return undefined;
    const [entry] = node.entries;
    if (!entry) return undefined;
    if (entry.key === 'inside') return readScalar(entry.value, INSIDE, context);
    const text = readScalar(entry.value, { ...INSIDE, expected: 'text', schema: { type: 'string' }, parse: parseTextMatch }, context);
    return text && { kind: 'text', match: text, exact: false };
  }
  if (node.kind === 'list' || node.value === null) {
    context.fits(node, CONDITION_SCHEMA);
    return undefined;
  }
  return readScalarCondition(node.text, typeof node.value, node.span, context);
}

function readScalarCondition(text: string, type: string, span: Span, context: ReadContext): FieldCondition | undefined {
  if (type === 'number' || /^0x[0-9a-f_]+$/i.test(text)) {
    const value = parseUnsigned64(text);
    if (value.ok) return { kind: 'number', value: { first: value.value, last: value.value } };
    return context.error('bad-value', value.what, span, value.fixme);
  }
  if (/^(0x[0-9a-f_]+|\d+)\.\.(0x[0-9a-f_]+|\d+)$/i.test(text)) {
    const range = parseRange64(text);
    return range.ok ? { kind: 'number', value: range.value } : context.error('bad-value', range.what, span, range.fixme);
  }
  if (text === '') return { kind: 'text', match: { kind: 'substring', text }, exact: true };
  const match = parseTextMatch(text);
  if (!match.ok) return context.error('bad-value', match.what, span, match.fixme);
  return { kind: 'text', match: match.value, exact: match.value.kind === 'substring' };
}
