import { decodeSmbios, smbiosTypeName } from '../inspect/smbios/decode';
import { readSmbiosTable, splitSmbios } from '../inspect/smbios/structure';
import { hex } from '../quantities/hex';
import type { TableExpectation } from '../spec/types';
import type { Check } from './expectation';
import { checkFields } from './fields';
import { findSmbios } from './find-tables';

export const checkSmbios: Check<TableExpectation> = (spec, state) => {
  const entry = findSmbios(state);
  const one = (expected: string, actual: string) => ({
    differences: [{ what: spec.label, expected, actual, span: spec.span }],
    details: [],
  });
  if (entry === undefined) return spec.present ? one('present', 'no SMBIOS entry point') : { differences: [], details: [] };
  if (spec.table === 'entry') {
    if (!spec.present) return one('absent', `present at ${hex(entry.gpa)}`);
    const isRight = spec.checksum === 'any' || (entry.sum === 0) === (spec.checksum === 'valid');
    const checksum = {
      what: 'smbios.entry checksum',
      expected: spec.checksum,
      actual: `bytes sum to ${hex(entry.sum, 2)}`,
      span: spec.span,
    };
    const fields = checkFields(spec.label, spec.fields, entry.fields, state);
    return { differences: isRight ? fields : [checksum, ...fields], details: [['gpa', hex(entry.gpa)]] };
  }
  const structures = splitSmbios(readSmbiosTable(state.read, entry), entry.count);
  const found = structures.filter(({ type }) => String(type) === spec.table)[spec.index];
  if (found === undefined) {
    if (!spec.present) return { differences: [], details: [] };
    const types = [...new Set(structures.map(({ type }) => type))].sort((left, right) => left - right);
    return one('present', `absent; the table has types ${types.join(', ')}`);
  }
  if (!spec.present) return one('absent', `present (handle ${hex(found.handle, 4)})`);
  const details = [
    ['type', smbiosTypeName(found.type)] as const,
    ['handle', hex(found.handle, 4)] as const,
    ['entry point', hex(entry.gpa)] as const,
  ];
  return { differences: checkFields(spec.label, spec.fields, decodeSmbios(found), state), details };
};
