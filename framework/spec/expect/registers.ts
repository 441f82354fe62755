import type { Range } from '../../quantities/range';
import { optional } from '../fields/field';
import { objectSchema, readFields } from '../fields/read-fields';
import { SWITCH } from '../fields/scalars';
import { REGISTER_FIELDS } from '../milestone-schema/all-fields';
import { CPU_MODE } from '../milestone-schema/modes';
import type { RegisterCondition } from '../types';
import type { ExpectationReader } from './common';
import { declareSchema } from '../validation/declared';

const OTHER_FIELDS = { mode: optional(CPU_MODE, 'CPU mode'), paging: optional(SWITCH, 'whether paging is on') };
const FIELDS = { ...OTHER_FIELDS, ...REGISTER_FIELDS };
const SCHEMA = declareSchema('expect.registers', objectSchema(FIELDS, { noun: 'registers' }));

export const REGISTERS: ExpectationReader = {
  key: 'registers',
  shown: 'registers',
  doc: 'Registers of the first CPU, by name (`rax`, `dl`, `cs`, `cr0`, …): values or ranges.',
  fields: OTHER_FIELDS,
  examples: ['registers: { cs: 0, ip: 0x7c00..0x7dff, dl: 0x80, mode: real }'],
  schema: SCHEMA,
  read: (entry, context) => {
    if (entry.value.kind !== 'map' || entry.value.entries.length === 0) {
      return context.error(
        'wrong-type',
        'registers is a map of at least one register',
        entry.keySpan,
        'write registers: { cs: 0, ip: 0x7c00 }',
      );
    }
    const read = readFields(entry.value.entries, FIELDS, SCHEMA, entry.keySpan, context);
    if (!read) return undefined;
    const { mode, paging } = read.values;
    const registers = Object.entries(read.spans).flatMap(([register, span]): RegisterCondition[] => {
      if (register === 'mode' || register === 'paging') return [];
      const value = (read.values as Readonly<Record<string, unknown>>)[register] as Range<bigint>;
      return [{ register, value, span }];
    });
    return {
      kind: 'registers',
      label: entry.key,
      span: entry.keySpan,
      registers,
      ...(mode !== undefined && { mode: { value: mode, span: read.spans['mode'] ?? entry.keySpan } }),
      ...(paging !== undefined && { paging: { value: paging, span: read.spans['paging'] ?? entry.keySpan } }),
    };
  },
};
