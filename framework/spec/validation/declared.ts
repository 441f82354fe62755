import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { JsonSchema } from '../fields/field';

/** Whether a value fits a schema: what the build makes of each declared schema. */
type Fits = (value: unknown) => boolean;

/** Filled by the build (framework/plan/build-validators.ts), with one module a schema; not there when the sources themselves are run. */
const COMPILED = join(__dirname, 'compiled');

const names = new Map<JsonSchema, string>();
const loaded = new Map<string, Fits | undefined>();

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
  const name = names.get(schema);
  if (name === undefined) return false;
  if (!loaded.has(name)) loaded.set(name, load(name));
  return loaded.get(name)?.(value) === true;
}

function load(name: string): Fits | undefined {
  const path = join(COMPILED, `${name}.js`);
  return existsSync(path) ? (createRequire(__filename)(path) as Fits) : undefined;
}
