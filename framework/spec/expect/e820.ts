import type { ReadContext } from '../context';
import { required } from '../fields/field';
import { objectSchema, readFields } from '../fields/read-fields';
import type { ExpectedE820Entry } from '../types';
import { entryOf, type ListNode, type Node } from '../yaml/tree';
import { E820_TYPE, RANGE64, type ExpectationReader } from './common';
import { declareSchema } from '../validation/declared';

const FIELDS = { range: required(RANGE64, 'first and last byte'), type: required(E820_TYPE, 'type of the range') };
const ENTRY = declareSchema('expect.e820.entry', objectSchema(FIELDS, { noun: 'an e820 entry' }));
const LIST = { type: 'array', items: ENTRY, minItems: 1, maxItems: 128, 'x-expected': 'a list of { range, type }' };
const CONTAINS = {
  type: 'object',
  properties: { contains: LIST },
  required: ['contains'],
  additionalProperties: false,
  'x-noun': 'e820',
  'x-expected': 'a list of { range, type }, or { contains: [ … ] }',
};

const SHALLOW_LIST = declareSchema('expect.e820', { ...LIST, items: {} });
const SHALLOW_CONTAINS = declareSchema('expect.e820.contains', { ...CONTAINS, properties: { contains: SHALLOW_LIST } });

export const E820: ExpectationReader = {
  key: 'e820',
  shown: 'e820',
  doc: 'The memory map that the firmware hands over: the whole list in order, or `contains:` some of it.',
  fields: FIELDS,
  examples: [
    'e820: [ { range: 0x0..0x9fbff, type: ram }, { range: 0x9fc00..0x9ffff, type: reserved } ]',
    'e820: { contains: [ { range: 0xfc000000..0xfc00afff, type: nvs } ] }',
  ],
  schema: { anyOf: [LIST, CONTAINS] },
  read: (entry, context) => {
    const list = listOf(entry.value, context);
    if (!list) return undefined;
    const entries = list.items.map((item) => readEntry(item, context));
    const complete = entries.filter((read): read is ExpectedE820Entry => read !== undefined);
    if (complete.length !== entries.length) return undefined;
    return { kind: 'e820', label: entry.key, span: entry.keySpan, exact: list === entry.value, entries: complete };
  },
};

function listOf(node: Node, context: ReadContext): ListNode | undefined {
  const inner = node.kind === 'map' ? entryOf(node, 'contains')?.value : undefined;
  if (node.kind !== 'list' && !context.fits(node, SHALLOW_CONTAINS)) return undefined;
  const list = inner ?? node;
  return list.kind === 'list' && context.fits(list, SHALLOW_LIST) ? list : undefined;
}

function readEntry(node: Node, context: ReadContext): ExpectedE820Entry | undefined {
  if (node.kind !== 'map') {
    context.fits(node, { type: 'object', 'x-expected': '{ range: 0x0..0x9fbff, type: ram }' });
    return undefined;
  }
  const read = readFields(node.entries, FIELDS, ENTRY, node.span, context);
  return read && { ...read.values.range, type: read.values.type, span: node.span };
}
