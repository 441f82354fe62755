import { parse } from 'yaml';
import { EXPECTATION_READERS } from './expect/registry';
import type { Fields } from './fields/field';
import { DISK_FIELDS, FIRMWARE_FIELDS, GUEST_FIELDS, KERNEL_FIELDS, NETWORK_FIELDS } from './guest-fields';
import { INPUT_FIELDS } from './keys/input';
import { TOP_LEVEL_KEYS } from './keys/registry';
import { COMMON_FIELDS } from './milestone-schema/common';
import { MILESTONE_SCHEMAS } from './milestone-schema/registry';
import { readSpec } from './read-spec';
import { fieldExample, specReference } from './reference';

const TABLES: readonly (readonly [string, Fields])[] = [
  ['guest', GUEST_FIELDS],
  ['guest.firmware', FIRMWARE_FIELDS],
  ['guest.disks', DISK_FIELDS],
  ['guest.networks', NETWORK_FIELDS],
  ['guest.kernel', KERNEL_FIELDS],
  ['input', INPUT_FIELDS],
  ['every milestone', COMMON_FIELDS],
  ...MILESTONE_SCHEMAS.map(({ key, fields }) => [key, fields] as const),
  ...EXPECTATION_READERS.map(({ shown, fields }) => [shown, fields] as const),
];
const everyField = TABLES.flatMap(([table, fields]) =>
  Object.entries(fields).map(([name, field]) => [`${table}: ${name}`, name, field] as const),
);
const reference = specReference();

test.each(everyField)('%s has a meaning and an example that the language takes', (_, name, { type, doc, example }) => {
  expect(doc).not.toBe('');
  expect(type.parse(example)).toMatchObject({ ok: true });
  expect(Object.keys(parse(fieldExample(name, example)) as object)).toEqual([name]);
  expect(reference).toContain(`${doc.replaceAll('|', '\\|')} | \`${fieldExample(name, example).replaceAll('|', '\\|')}\` |`);
});

const NEEDED: Readonly<Record<string, string>> = { ramdisk: 'kernel: linux-6.1-cloud', cmdline: 'kernel: linux-6.1-cloud' };
const inGroup = (group: string, fields: Fields) =>
  Object.entries(fields).map(([name, { example }]) => [`${group}: { ${fieldExample(name, example)} }`, undefined] as const);
const guestKeys = [
  ...Object.entries(GUEST_FIELDS).map(([name, { example }]) => [fieldExample(name, example), NEEDED[name]] as const),
  ...inGroup('firmware', FIRMWARE_FIELDS),
  ...inGroup('disks', DISK_FIELDS),
  ...inGroup('kernel', { image: KERNEL_FIELDS.image }),
];

test.each(guestKeys)('the example of a key of guest is read in a spec: %s', (example, needed) => {
  const machine = example.startsWith('machine:') ? undefined : 'machine: pc';
  const lines = [machine, example, needed].filter((line) => line !== undefined);
  const text = `version: 1\nname: x\nguest:\n  ${lines.join('\n  ')}\nmilestones: [ halted ]\n`;
  expect(readSpec(text, '/a.yaml', () => undefined)).toMatchObject({ ok: true });
});

test('every top-level key, milestone and expectation has a section with a description and an example', () => {
  const keys = [
    ...Object.keys(TOP_LEVEL_KEYS),
    ...MILESTONE_SCHEMAS.map(({ key }) => key),
    ...EXPECTATION_READERS.map(({ shown }) => shown),
  ];
  const sections = reference.split(/^(?=###? )/m).filter((section) => /^### \S+\n\n\w[^]*```yaml\n\S/.test(section));
  expect(keys.filter((key) => !sections.some((section) => section.startsWith(`### ${key}\n`)))).toEqual([]);
});
