import type { ErrorObject } from 'ajv';
import { diagnostic, type Diagnostic, type Span } from '../../diagnostics/diagnostic';
import { closest } from '../../diagnostics/did-you-mean';
import type { JsonSchema } from '../fields/field';
import { describeNode, toPlain, type Node } from '../yaml/tree';
import { errorsOf } from './ajv';
import { isKnownToFit } from './declared';

/** Validates a node against a schema: one diagnostic for each wrong value, at its place. `owner` is what an absent key is missing from. */
export function checkSchema(node: Node, schema: JsonSchema, owner: Span): Diagnostic[] {
  const reported = new Set<string>();
  const found: Diagnostic[] = [];
  for (const error of [...schemaErrors(toPlain(node), schema)].sort((a, b) => depthOf(a) - depthOf(b))) {
    const detail = error.keyword === 'additionalProperties' || error.keyword === 'required' ? JSON.stringify(error.params) : '';
    const place = `${error.instancePath} ${detail}`;
    // Several keywords fail at one value (each arm of an anyOf, and the anyOf itself): the outermost schema has the words.
    if (reported.has(place)) continue;
    reported.add(place);
    const made = fromAjv(error, node, owner);
    if (made) found.push(made);
  }
  return found;
}

/** Everything that is wrong with a value. */
export function schemaErrors(value: unknown, schema: JsonSchema): readonly ErrorObject[] {
  return isKnownToFit(value, schema) ? [] : errorsOf(value, schema);
}

function depthOf(error: ErrorObject): number {
  return error.schemaPath.split('/').length;
}

function fromAjv(error: ErrorObject, root: Node, owner: Span): Diagnostic | undefined {
  const parent = error.parentSchema as Record<string, unknown> | undefined;
  const at = nodeAt(root, error.instancePath);
  if (error.keyword === 'additionalProperties') return unknownKey(at.node, String(error.params['additionalProperty']), parent ?? {});
  if (error.keyword === 'required') {
    const key = String(error.params['missingProperty']);
    const span = error.instancePath === '' ? owner : (at.keySpan ?? at.node.span);
    const hint = (parent?.['properties'] as Record<string, Record<string, unknown>> | undefined)?.[key]?.['x-expected'];
    return diagnostic('missing-key', `the key ${JSON.stringify(key)} is missing`, {
      span,
      fixme: typeof hint === 'string' ? `add ${key}: ${hint}` : `add ${key}:`,
    });
  }
  return wrongValue(at.node, parent ?? {}, error);
}

function wrongValue(node: Node, schema: Readonly<Record<string, unknown>>, error: ErrorObject): Diagnostic {
  const expected = schema['x-expected'];
  const text =
    typeof expected === 'string' ? expected : (error.message ?? 'another value').replace(/^must be /, '').replace(/^must NOT /, 'not ');
  const bare = node.kind === 'scalar' && typeof node.value === 'number';
  if (schema['x-needs-unit'] === true && bare) {
    return diagnostic('unit-missing', `${node.text} of what? A bare number has no meaning here`, {
      span: node.span,
      fixme: `write ${text}`,
    });
  }
  const isOther = node.kind !== 'scalar' || node.value === null || schema['type'] === 'array' || schema['type'] === 'object';
  const code = isOther ? 'wrong-type' : 'bad-value';
  return diagnostic(code, `expected ${text}, found ${describeNode(node)}`, { span: node.span });
}

/** The diagnostic for a key that a map does not take. */
function unknownKey(node: Node, key: string, schema: Readonly<Record<string, unknown>>): Diagnostic {
  const entry = node.kind === 'map' ? node.entries.find((candidate) => candidate.key === key) : undefined;
  const span = entry?.keySpan ?? node.span;
  const known = Object.keys((schema['properties'] as object | undefined) ?? {});
  const later = (schema['x-later'] as readonly string[] | undefined) ?? [];
  if (later.includes(key)) return notSupported(key, span);
  const near = closest(key, [...known, ...later]);
  const noun = typeof schema['x-noun'] === 'string' ? schema['x-noun'] : 'this map';
  const listed = known.length > 14 ? `${known.slice(0, 14).join(', ')}, …` : known.join(', ');
  return diagnostic('unknown-key', `${noun} has no key ${JSON.stringify(key.slice(0, 60))}`, {
    span,
    notes: near ? [{ kind: 'closest', text: near }] : [],
    fixme: near ? `did you mean ${near}?` : `keys: ${listed}`,
  });
}

export function notSupported(what: string, span: Span): Diagnostic {
  return diagnostic('not-supported', `${JSON.stringify(what)} is not supported by this version of Milepost`, {
    span,
    fixme: 'take it out; it is never ignored silently',
  });
}

interface Place {
  readonly node: Node;
  readonly keySpan?: Span;
}

/** Follows a JSON pointer; stops at the deepest node there is. */
function nodeAt(root: Node, pointer: string): Place {
  let place: Place = { node: root };
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replace(/~1/g, '/').replace(/~0/g, '~');
    const { node } = place;
    if (node.kind === 'list') {
      const item = node.items[Number(key)];
      if (!item) return place;
      place = { node: item };
    } else if (node.kind === 'map') {
      const entry = node.entries.find((candidate) => candidate.key === key);
      if (!entry) return place;
      place = { node: entry.value, keySpan: entry.keySpan };
    }
  }
  return place;
}
