import type { JsonSchema } from '../fields/field';
import { compiled } from './compiled';

const names = new Map<JsonSchema, string>();

/** Names a schema that values are checked against in every run, so that the build compiles it. */
export function declareSchema<S extends JsonSchema>(name: string, schema: S): S {
  names.set(schema, name);
  return schema;
}

export function declaredSchemas(): ReadonlyMap<JsonSchema, string> {
  return names;
}

/** True when the value is known to fit. False means "ask ajv": it does not fit, or nothing was compiled for that schema. */
export function isKnownToFit(value: unknown, schema: JsonSchema): boolean {
  return compiled[names.get(schema) ?? '']?.(value) === true;
}
