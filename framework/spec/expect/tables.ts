import { closest } from '../../diagnostics/did-you-mean';
import type { ReadContext } from '../context';
import { optional } from '../fields/field';
import { readScalar, scalarSchema } from '../fields/read-fields';
import { word } from '../fields/scalars';
import type { ExpectedField, TableExpectation } from '../types';
import type { MapEntry, MapNode } from '../yaml/tree';
import { CONDITION_SCHEMA, readCondition, type ExpectationReader } from './common';

const CHECKSUM = word(['valid', 'invalid', 'any']);
const PRESENCE = word(['present', 'absent']);

const FIELDS = { checksum: optional(CHECKSUM, 'state of the table’s checksum (valid when absent)') };
const CONDITIONS = 'A field is a number, a range, a text (all of it), `/…/`, `{ contains: text }` or `{ inside: range or e820.<type> }`.';

const FIELDS_MAP = {
  type: 'object',
  properties: { checksum: scalarSchema(CHECKSUM, FIELDS.checksum.doc) },
  additionalProperties: CONDITION_SCHEMA,
  minProperties: 1,
};
const SCHEMA = { anyOf: [{ enum: ['present', 'absent'] }, FIELDS_MAP] };

export const ACPI: ExpectationReader = {
  key: /^acpi\.([A-Za-z0-9]{4})(?:\[(\d{1,2})\])?$/,
  shown: 'acpi.<signature>',
  doc: `An ACPI table, by its signature (\`rsdp\` is the root pointer), its fields as the ACPI specification names them. \`[1]\` is the second of that signature. ${CONDITIONS}`,
  fields: FIELDS,
  examples: ['acpi.facp: { checksum: valid, X_DSDT: { inside: e820.nvs } }', 'acpi.hpet: absent', 'acpi.ssdt[1]: present'],
  schema: SCHEMA,
  read: (entry, context) => readTable('acpi', entry, context),
};

export const SMBIOS: ExpectationReader = {
  key: /^smbios\.(?:type(\d{1,3})|(entry))(?:\[(\d{1,2})\])?$/,
  shown: 'smbios.type<n>',
  doc: `An SMBIOS structure by its type, its fields as the SMBIOS specification names them; \`smbios.entry\` is the entry point. \`[1]\` is the second of that type. ${CONDITIONS}`,
  fields: FIELDS,
  examples: ['smbios.type1: { Manufacturer: Xen }', 'smbios.type4[1]: present'],
  schema: SCHEMA,
  read: (entry, context) => readTable('smbios', entry, context),
};

function readTable(kind: 'acpi' | 'smbios', entry: MapEntry, context: ReadContext): TableExpectation | undefined {
  const parts = ((kind === 'acpi' ? ACPI.key : SMBIOS.key) as RegExp).exec(entry.key);
  if (!parts) return undefined;
  const [table, index] = kind === 'acpi' ? [parts[1], parts[2]] : [parts[1] ?? parts[2], parts[3]];
  const base = {
    kind,
    label: entry.key,
    span: entry.keySpan,
    table: (table ?? '').toLowerCase(),
    index: Number(index ?? 0),
    checksum: 'valid' as const,
    fields: [],
  };
  const { value } = entry;
  if (value.kind === 'scalar' && value.value !== null) {
    const presence = readScalar(value, PRESENCE, context);
    return presence && { ...base, present: presence === 'present' };
  }
  if (value.kind !== 'map' || value.entries.length === 0) {
    return context.error('wrong-type', `say what ${entry.key} must be`, entry.keySpan, 'write present, absent, or { field: value }');
  }
  return readFieldsOf(value, { ...base, present: true }, context);
}

function readFieldsOf(node: MapNode, base: TableExpectation, context: ReadContext): TableExpectation | undefined {
  let { checksum } = base;
  let complete = true;
  const fields: ExpectedField[] = [];
  for (const { key, value, keySpan } of node.entries) {
    if (key === 'checksum') {
      const read = readScalar(value, CHECKSUM, context);
      if (read === undefined) complete = false;
      else checksum = read;
    } else if (!/^[A-Za-z_][A-Za-z0-9_ .[\]/-]{0,99}$/.test(key)) {
      const near = closest(key, ['checksum']);
      context.error('unknown-key', `${JSON.stringify(key.slice(0, 60))} is no field name`, keySpan, near && `did you mean ${near}?`);
      complete = false;
    } else {
      const condition = readCondition(value, context);
      if (condition) fields.push({ path: key, condition, span: value.span });
      else complete = false;
    }
  }
  return complete ? { ...base, checksum, fields } : undefined;
}
