import { acpiName, decodeAcpi } from '../inspect/acpi/decode';
import type { AcpiTable } from '../inspect/acpi/table';
import { hex } from '../quantities/hex';
import type { TableExpectation } from '../spec/types';
import type { Check, Difference } from './expectation';
import { checkFields } from './fields';
import { findAcpi } from './find-tables';

/** Of two tables with one signature the first is the one that the XSDT leads to. */
export const checkAcpi: Check<TableExpectation> = (spec, state) => {
  const all = findAcpi(state);
  const table = all.filter((candidate) => acpiName(candidate) === `acpi.${spec.table}`)[spec.index];
  if (table === undefined) return { differences: spec.present ? [absent(spec, all)] : [], details: [] };
  const details = [
    ['gpa', hex(table.gpa)] as const,
    ['length', `${table.bytes.length} bytes`] as const,
    ['checksum', !table.hasChecksum ? 'none' : table.sum === 0 ? 'valid' : `invalid (sum ${hex(table.sum, 2)})`] as const,
  ];
  if (!spec.present) {
    return { differences: [{ what: spec.label, expected: 'absent', actual: `present at ${hex(table.gpa)}`, span: spec.span }], details };
  }
  return { differences: [...checksum(spec, table), ...checkFields(spec.label, spec.fields, decodeAcpi(table), state)], details };
};

function absent(spec: TableExpectation, all: readonly AcpiTable[]): Difference {
  const found = [...new Set(all.map(acpiName))].join(', ');
  return {
    what: spec.label,
    expected: 'present',
    actual: found === '' ? 'no ACPI tables at all (no RSDP)' : `absent; found: ${found}`,
    span: spec.span,
  };
}

function checksum(spec: TableExpectation, table: AcpiTable): Difference[] {
  if (spec.checksum === 'any' || !table.hasChecksum) return [];
  const actual = table.sum === 0 ? 'valid' : 'invalid';
  if (actual === spec.checksum) return [];
  return [
    { what: `${spec.label} checksum`, expected: spec.checksum, actual: `${actual} (bytes sum to ${hex(table.sum, 2)})`, span: spec.span },
  ];
}
