import type { Parsed } from '../../quantities/parsed';

/** A JSON Schema (2020-12 subset) as plain data. `expected` is our own annotation: what a message says belongs here. */
export type JsonSchema = { readonly [key: string]: unknown };

/** A kind of scalar value: its JSON Schema, for editors and ajv, and how its text becomes a typed value. */
export interface FieldType<T> {
  /** Name in the reference, and what messages call it: `an address`. */
  readonly expected: string;
  readonly examples: readonly string[];
  readonly schema: JsonSchema;
  /** True when a bare number is refused for want of its unit. */
  readonly needsUnit?: boolean;
  parse(text: string): Parsed<T>;
}

/** A field of a milestone or of the guest. */
export interface Field<T, Required extends boolean = boolean> {
  readonly type: FieldType<T>;
  readonly doc: string;
  readonly required: Required;
  /** A value as a spec writes it. */
  readonly example: string;
}

/** `example` is for a field that its type's own example does not fit. */
export function optional<T>(type: FieldType<T>, doc: string, example = type.examples[0] ?? ''): Field<T, false> {
  return { type, doc, required: false, example };
}

export function required<T>(type: FieldType<T>, doc: string, example = type.examples[0] ?? ''): Field<T, true> {
  return { type, doc, required: true, example };
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The typed values of a set of fields; an absent optional field is undefined. */
export type FieldValues<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Field<infer T, infer R> ? (R extends true ? T : T | undefined) : never;
};
