import type { Fields } from '../fields/field';

/** One milestone of the spec language as plain data: validation, types, JSON Schema and reference all come from it. */
export interface MilestoneSchema<K extends string, F extends Fields> {
  readonly key: K;
  /** Ends the sentence "met when …". */
  readonly met: string;
  /** The field that the short form gives: `key: value`. */
  readonly main?: keyof F & string;
  readonly fields: F;
  /** True when register names are fields too: `dl: 0x80`. */
  readonly registers?: boolean;
  /** Examples as YAML, without the leading dash. */
  readonly examples: readonly string[];
}

/** Keeps the literal types of a schema. */
export function milestone<const K extends string, F extends Fields>(schema: MilestoneSchema<K, F>): MilestoneSchema<K, F> {
  return schema;
}

/** Any of them: what code that goes through all milestones needs. */
export interface AnyMilestoneSchema {
  readonly key: string;
  readonly met: string;
  readonly main?: string;
  readonly fields: Fields;
  readonly registers?: boolean;
  readonly examples: readonly string[];
}
