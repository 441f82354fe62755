import type { ReadContext } from '../context';
import { bad, good } from '../../quantities/parsed';
import { optional, required, type FieldType, type FieldValues } from '../fields/field';
import { objectSchema, readFields } from '../fields/read-fields';
import { BYTES } from '../fields/bytes';
import { GPA, line, unsigned, VALUE, WIDTH } from '../fields/scalars';
import type { MemoryContent, MemoryExpectation } from '../types';
import type { Node } from '../yaml/tree';
import type { ExpectationReader } from './common';
import { declareSchema } from '../validation/declared';

const MAX_TEXT = 4096;

const SHA256: FieldType<string> = {
  expected: 'a SHA-256: 64 hexadecimal digits',
  examples: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  schema: { type: 'string', pattern: '^[0-9a-fA-F]{64}$' },
  parse: (text) => (/^[0-9a-f]{64}$/i.test(text) ? good(text.toLowerCase()) : bad('that is no SHA-256', 'write 64 hexadecimal digits')),
};

const FIELDS = {
  at: required(GPA, 'guest-physical address; with sha256 and fill the whole range'),
  bytes: optional(BYTES, 'the bytes there'),
  text: optional(line('text', ['HVM INFO'], MAX_TEXT), 'the text there, as Latin-1 bytes'),
  value: optional(VALUE, 'the little-endian number there'),
  width: optional(WIDTH, 'bytes of that number (4 when absent)'),
  sha256: optional(SHA256, 'SHA-256 of the range'),
  fill: optional(unsigned(255, ['0']), 'the byte that the whole range is filled with'),
};
const CHECK = declareSchema('expect.memory', objectSchema(FIELDS, { noun: 'a memory check' }));
const CONTENTS = ['bytes', 'text', 'value', 'sha256', 'fill'] as const;

export const MEMORY: ExpectationReader = {
  key: 'memory',
  shown: 'memory',
  doc: 'What guest-physical memory holds: one check or a list of them, each with `at` and one of the others.',
  fields: FIELDS,
  examples: [
    'memory: [ { at: 0x7dfe, bytes: "55 aa" }, { at: 0x9f800, text: HVM INFO } ]',
    'memory: [ { at: 0x100000, value: 0x1badb002 } ]',
  ],
  schema: { anyOf: [{ type: 'array', items: CHECK, minItems: 1, maxItems: 1000 }, CHECK] },
  read: (entry, context) => {
    const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
    if (items.length === 0)
      return context.error('wrong-type', 'the list is empty', entry.keySpan, 'write - { at: 0x7dfe, bytes: "55 aa" }');
    const checks = items.map((item) => readCheck(item, context));
    const complete = checks.filter((check): check is Check => check !== undefined);
    if (complete.length !== checks.length) return undefined;
    return { kind: 'memory', label: entry.key, span: entry.keySpan, checks: complete };
  },
};

type Check = MemoryExpectation['checks'][number];

function readCheck(node: Node, context: ReadContext): Check | undefined {
  if (node.kind !== 'map') {
    context.fits(node, { type: 'object', 'x-expected': '{ at: address, bytes: "55 aa" }' });
    return undefined;
  }
  const read = readFields(node.entries, FIELDS, CHECK, node.span, context);
  if (!read) return undefined;
  const given = CONTENTS.filter((name) => read.values[name] !== undefined);
  if (given.length !== 1) {
    return context.error(
      'bad-value',
      `a memory check has one of ${CONTENTS.join(', ')}; this one has ${given.length === 0 ? 'none' : given.join(' and ')}`,
      node.span,
    );
  }
  if (read.values.width !== undefined && given[0] !== 'value') {
    return context.error('bad-value', 'width belongs to value', read.spans['width'] ?? node.span);
  }
  return { at: read.values.at, content: contentOf(read.values), span: node.span };
}

function contentOf(values: FieldValues<typeof FIELDS>): MemoryContent {
  if (values.bytes) return { kind: 'bytes', bytes: values.bytes };
  if (values.text !== undefined) return { kind: 'text', text: values.text };
  if (values.sha256 !== undefined) return { kind: 'sha256', sha256: values.sha256 };
  if (values.fill !== undefined) return { kind: 'fill', byte: values.fill };
  return { kind: 'value', width: values.width ?? 4, value: values.value ?? { first: 0n, last: 0n } };
}
