import { diagnostic } from '../../diagnostics/diagnostic';
import { closest } from '../../diagnostics/did-you-mean';
import type { ReadContext, TopLevelKey } from '../context';
import { EXPECTATION_READERS } from '../expect/registry';
import type { ExpectationReader } from '../expect/common';
import type { ExpectationSpec } from '../types';
import type { MapEntry } from '../yaml/tree';

const COMMON_TABLES = [
  'acpi.facp',
  'acpi.apic',
  'acpi.rsdp',
  'acpi.xsdt',
  'acpi.dsdt',
  'acpi.hpet',
  'smbios.type0',
  'smbios.type1',
  'smbios.entry',
];

const fixed = EXPECTATION_READERS.filter((reader) => typeof reader.key === 'string');
const varying = EXPECTATION_READERS.filter((reader) => typeof reader.key !== 'string');

export const EXPECT: TopLevelKey<readonly ExpectationSpec[]> = {
  key: 'expect',
  doc: 'The machine when the last milestone is met.',
  example: 'expect:\n  smbios.type1: { Manufacturer: Xen }\n  registers: { cs: 0, mode: real }',
  schema: {
    type: 'object',
    properties: Object.fromEntries(fixed.map((reader) => [String(reader.key), described(reader)])),
    patternProperties: Object.fromEntries(varying.map((reader) => [(reader.key as RegExp).source, described(reader)])),
    additionalProperties: false,
  },
  read: (entry, context) => {
    if (entry.value.kind !== 'map') {
      context.fits(entry.value, { type: 'object', 'x-expected': 'a map of expectations' }, entry.keySpan);
      return undefined;
    }
    const read = entry.value.entries.map((item) => readOne(item, context));
    const complete = read.filter((expectation): expectation is ExpectationSpec => expectation !== undefined);
    return complete.length === read.length ? complete : undefined;
  },
};

function described(reader: ExpectationReader): object {
  return { ...reader.schema, description: reader.doc };
}

function readOne(item: MapEntry, context: ReadContext): ExpectationSpec | undefined {
  const reader = EXPECTATION_READERS.find(({ key }) => (typeof key === 'string' ? key === item.key : key.test(item.key)));
  if (reader) return reader.read(item, context);
  const shown = EXPECTATION_READERS.map((candidate) => candidate.shown);
  const near = closest(item.key, [...fixed.map((candidate) => candidate.shown), ...COMMON_TABLES]);
  return context.report(
    diagnostic('unknown-key', `expect has no key ${JSON.stringify(item.key.slice(0, 60))}`, {
      span: item.keySpan,
      notes: near ? [{ kind: 'closest', text: near }] : [],
      fixme: near ? `did you mean ${near}?` : `keys: ${shown.join(', ')}`,
    }),
  );
}
