import { parseRange64 } from '../../quantities/range';
import { bad } from '../../quantities/parsed';
import { REGISTER_BITS } from '../../quantities/registers';
import type { Range } from '../../quantities/range';
import { optional, type Field, type Fields, type FieldType, type JsonSchema } from '../fields/field';
import { objectSchema, scalarSchema } from '../fields/read-fields';
import { VALUE } from '../fields/scalars';
import { COMMON_FIELDS } from './common';
import { MILESTONE_SCHEMAS } from './registry';
import type { AnyMilestoneSchema } from './schema';
import { declareSchema } from '../validation/declared';

/** A register's value or range, checked against its width. */
function registerType(name: string, bits: number): FieldType<Range<bigint>> {
  return {
    ...VALUE,
    parse: (text) => {
      const parsed = parseRange64(text);
      if (!parsed.ok || parsed.value.last < 1n << BigInt(bits)) return parsed;
      return bad(`0x${parsed.value.last.toString(16)} does not fit in ${name}, which has ${bits} bits`);
    },
  };
}

/** Register names as fields. */
export const REGISTER_FIELDS: Readonly<Record<string, Field<Range<bigint>, false>>> = Object.fromEntries(
  [...REGISTER_BITS].map(([name, bits]) => [name, optional(registerType(name, bits), `${name} lies there`)]),
);

/** A milestone ready to validate: all of its fields, and the schema of its long form. */
export interface CompleteSchema {
  readonly base: AnyMilestoneSchema;
  readonly fields: Fields;
  readonly long: JsonSchema;
}

function complete(base: AnyMilestoneSchema): CompleteSchema {
  const fields = { ...base.fields, ...COMMON_FIELDS, ...(base.registers === true && REGISTER_FIELDS) };
  const long = { ...objectSchema(fields, { noun: base.key, later: ['save'] }), description: `Met when ${base.met}.` };
  return { base, fields, long: declareSchema(`milestone.${base.key}`, long) };
}

export const MILESTONES: ReadonlyMap<string, CompleteSchema> = new Map(MILESTONE_SCHEMAS.map((base) => [base.key, complete(base)]));

/** JSON Schema of a milestone's value: short form, long form, or nothing. */
function valueSchema({ base, fields, long }: CompleteSchema): JsonSchema {
  const main = base.main === undefined ? undefined : fields[base.main];
  const bare = !Object.values(fields).some((field) => field.required);
  return {
    anyOf: [long, ...(main ? [scalarSchema(main.type, main.doc)] : []), ...(bare ? [{ type: 'null' }] : [])],
    description: `Met when ${base.met}.`,
  };
}

/** JSON Schema of one entry of `milestones` or `never`. */
export const MILESTONE_ITEM_SCHEMA: JsonSchema = {
  anyOf: [
    {
      type: 'object',
      properties: Object.fromEntries([...MILESTONES].map(([key, schema]) => [key, valueSchema(schema)])),
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
    },
    { enum: [...MILESTONES].filter(([, { fields }]) => !Object.values(fields).some((field) => field.required)).map(([key]) => key) },
  ],
};
