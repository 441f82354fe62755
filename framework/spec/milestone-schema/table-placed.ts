import { quote } from '../../quantities/integer';
import { bad, good } from '../../quantities/parsed';
import { closest } from '../../diagnostics/did-you-mean';
import { optional, required, type FieldType } from '../fields/field';
import { CODE, GPA, word } from '../fields/scalars';
import { milestone } from './schema';

const PLAIN = ['smbios', 'dmi', 'mptable', 'pir', 'e820', 'hvm-info', 'bios-info'] as const;
const KNOWN_ACPI = ['rsdp', 'rsdt', 'xsdt', 'facp', 'facs', 'dsdt', 'ssdt', 'apic', 'hpet', 'waet', 'mcfg', 'srat', 'slit', 'tpm2', 'bgrt'];

/** Which table: a plain one, or an ACPI table by its signature (`facp` in lower case; `rsdp` is the root pointer). */
export type TableName = (typeof PLAIN)[number] | `acpi.${string}`;

const TABLE: FieldType<TableName> = {
  expected: 'a table: smbios, dmi, acpi.<signature>, mptable, pir, e820, hvm-info or bios-info',
  examples: ['smbios', 'acpi.rsdp', 'mptable'],
  schema: { anyOf: [{ enum: PLAIN }, { type: 'string', pattern: '^acpi\\.[a-zA-Z0-9]{4}$' }] },
  parse: (text) => {
    const plain = PLAIN.find((name) => name === text);
    if (plain) return good(plain);
    if (/^acpi\.[a-z0-9]{4}$/i.test(text)) return good(`acpi.${text.slice(5).toLowerCase()}` as const);
    const near = closest(text, [...PLAIN, ...KNOWN_ACPI.map((signature) => `acpi.${signature}`)]);
    return bad(`${quote(text)} is no table`, near ? `did you mean ${near}?` : `tables: ${PLAIN.join(', ')}, acpi.<four-letter signature>`);
  },
};

export const TABLE_PLACED = milestone({
  key: 'table-placed',
  met: 'the table has reached its final bytes in guest memory',
  main: 'table',
  fields: {
    table: required(TABLE, 'which table'),
    at: optional(GPA, 'where its first byte is'),
    inside: optional(GPA, 'the range that holds all of it'),
    checksum: optional(word(['valid', 'invalid', 'any']), 'state of its checksum, when it has one (valid when absent)'),
    by: optional(CODE, 'which code wrote its last byte'),
  },
  examples: ['table-placed: smbios', 'table-placed: { table: acpi.rsdp, inside: 0xe0000..0xfffff, checksum: valid }'],
});
