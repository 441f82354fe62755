import Ajv from 'ajv';
import { parse } from 'yaml';
import { EXPECTATION_READERS } from './expect/registry';
import { specJsonSchema } from './json-schema';
import { MILESTONE_SCHEMAS } from './milestone-schema/registry';
import { readSpec } from './read-spec';
import type { Spec } from './types';

const EXAMPLE = `version: 1
name: hvmloader hands over to SeaBIOS, which boots the MBR
tags: [xen, seabios, smoke]
guest:
  machine: xen-hvm
  memory: 128MiB
  vcpus: 1
  firmware: { loader: hvmloader-4.17, bios: seabios-1.16.2 }
  disks: { hda: mbr-hello }
budget: 60M instructions
milestones:
  - hvmloader-entry: { mode: protected, paging: off }
  - hypercall: { name: xen_version }
  - table-placed: smbios
  - table-placed: { table: acpi.RSDP, inside: 0xe0000..0xfffff, checksum: valid }
  - bios-placed: { inside: 0xc0000..0xfffff }
  - reset-jump: { to: f000:fff0, mode: real, within: 5M instructions }
  - mbr-read: { disk: hda, lba: 0, to: 0x7c00 }
  - executed: { at: 0000:7c00, dl: 0x80, as: mbr entry }
  - serial: { text: MBR reached, from: mbr entry, within: 1s, count: 2 }
never:
  - serial: /panic|error/i
  - port-write: 0xcf9
expect:
  e820: [ { range: 0x0..0x9fbff, type: ram } ]
  acpi.facp: { checksum: valid, X_DSDT: { inside: e820.acpi }, revision: 4, flags: 0x10..0x1f, OEMID: Xen }
  acpi.ssdt[1]: present
  smbios.type1: { Manufacturer: Xen, Version: /^4\\.17/ }
  memory: [ { at: 0x7dfe, bytes: 55 aa }, { at: 0x9f800, text: HVM INFO }, { at: 0x80000..0x80fff, fill: 0 } ]
  registers: { cs: 0, ip: 0x7c00..0x7dff, mode: real }
skip: { reason: only an example }
`;

function read(text: string): Spec {
  const result = readSpec(text, '/specs/a.yaml', () => undefined);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics, null, 1));
  return result.spec;
}

test('the example of the language is read with all its values', () => {
  const spec = read(EXAMPLE);
  expect(spec.guest.memory).toMatchObject({ value: 128 * 2 ** 20, span: { file: '/specs/a.yaml', line: 6, column: 11, length: 6 } });
  expect(spec.budget?.value).toEqual({ unit: 'instructions', amount: 60e6 });
  expect(spec.milestones.map(({ key, label, from, count }) => [key, label, from, count])).toEqual([
    ['hvmloader-entry', 'hvmloader-entry protected', -1, 1],
    ['hypercall', 'hypercall xen_version', 0, 1],
    ['table-placed', 'table-placed smbios', 1, 1],
    ['table-placed', 'table-placed acpi.RSDP', 2, 1],
    ['bios-placed', 'bios-placed 0xc0000..0xfffff', 3, 1],
    ['reset-jump', 'reset-jump f000:fff0', 4, 1],
    ['mbr-read', 'mbr-read hda', 5, 1],
    ['executed', 'mbr entry', 6, 1],
    ['serial', 'serial MBR reached', 7, 2],
  ]);
  expect(spec.milestones[3]).toMatchObject({
    params: { table: 'acpi.rsdp', inside: { first: 0xe0000, last: 0xfffff }, checksum: 'valid' },
  });
  expect(spec.milestones[7]).toMatchObject({
    params: { at: { kind: 'segmented', selector: 0, offset: 0x7c00 } },
    registers: [{ register: 'dl', value: { first: 0x80n, last: 0x80n } }],
    expected: 'executed: at 0000:7c00, dl 0x80, as mbr entry',
    fieldSpans: { dl: { line: 19, column: 36, length: 4 } },
  });
  expect(spec.milestones[8]?.within).toEqual({ unit: 'ns', amount: 1e9 });
  expect(spec.skip?.value).toBe('only an example');
});

test('expectations become typed conditions', () => {
  const [e820, facp, ssdt, type1, memory, registers] = read(EXAMPLE).expect;
  expect(e820).toMatchObject({ exact: true, entries: [{ first: 0n, last: 0x9fbffn, type: 'ram' }] });
  expect(facp).toMatchObject({
    table: 'facp',
    checksum: 'valid',
    fields: [
      { path: 'X_DSDT', condition: { kind: 'inside-e820', type: 'acpi' } },
      { path: 'revision', condition: { kind: 'number', value: { first: 4n, last: 4n } } },
      { path: 'flags', condition: { kind: 'number', value: { first: 0x10n, last: 0x1fn } } },
      { path: 'OEMID', condition: { kind: 'text', exact: true, match: { text: 'Xen' } } },
    ],
  });
  expect(ssdt).toMatchObject({ table: 'ssdt', index: 1, present: true, fields: [] });
  expect(type1).toMatchObject({ kind: 'smbios', table: '1', fields: [{}, { condition: { kind: 'text', exact: false } }] });
  expect(memory).toMatchObject({
    checks: [{ content: { bytes: [0x55, 0xaa] } }, { content: { text: 'HVM INFO' } }, { at: { last: 0x80fff } }],
  });
  expect(registers).toMatchObject({ mode: { value: 'real' }, registers: [{ register: 'cs' }, { register: 'ip' }] });
});

const MINIMAL = 'version: 1\nname: x\nguest: { machine: pc }\n';
const milestoneExamples = MILESTONE_SCHEMAS.flatMap(({ examples }) => examples);
const expectExamples = EXPECTATION_READERS.flatMap(({ examples }) => examples);
const editorSchema = new Ajv({ strict: false }).compile(specJsonSchema());

test.each(milestoneExamples)('the example of the reference is a milestone: %s', (example) => {
  const text = `${MINIMAL}milestones:\n  - ${example}\nnever:\n  - ${example.replace(/, (within|count): [^,}]*/, '')}\n`;
  expect(read(text).milestones).toHaveLength(1);
  expect([editorSchema(parse(text)), editorSchema.errors]).toEqual([true, null]);
});

test.each(expectExamples)('the example of the reference is an expectation: %s', (example) => {
  const text = `${MINIMAL}milestones: [ halted ]\nexpect:\n  ${example}\n`;
  expect(read(text).expect).toHaveLength(1);
  expect([editorSchema(parse(text)), editorSchema.errors]).toEqual([true, null]);
});

test('editors see the same language: the whole example fits the JSON Schema, a misspelt key does not', () => {
  expect([editorSchema(parse(EXAMPLE)), editorSchema.errors]).toEqual([true, null]);
  expect(editorSchema(parse(EXAMPLE.replace('mbr-read', 'mbr-raed')))).toBe(false);
  expect(editorSchema(parse(EXAMPLE.replace('60M instructions', '60000000')))).toBe(false);
});

test.each([
  ['a megabyte of brackets', '['.repeat(2 ** 20)],
  ['brackets to the limit', '['.repeat(250_000)],
  ['dashes to the limit', '- '.repeat(125_000)],
  ['question marks', '? '.repeat(125_000)],
  ['anchors', '&a '.repeat(80_000)],
  ['braces', '{a: '.repeat(60_000)],
  ['wide', 'a: 1\n'.repeat(50_000)],
  ['newlines', '\n'.repeat(250_000)],
  ['an open quote', `"${'a\n'.repeat(120_000)}`],
  ['a prototype', '__proto__: { toString: 1 }\nconstructor: 2\n'],
])('hostile text ends in a diagnostic, soon: %s', (_, text) => {
  const started = process.hrtime.bigint();
  const result = readSpec(text, 'hostile.yaml', () => undefined);
  expect(result.ok).toBe(false);
  expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(10);
});
