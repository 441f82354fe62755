import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import type { JsonSchema } from '../fields/field';

/**
 * Our annotations in the JSON Schemas, unknown to other validators and ignored by them:
 * `x-expected` what belongs here, in words; `x-later` keys that a later version brings; `x-needs-unit`; `x-noun` what a key is called.
 */
const ANNOTATIONS = ['x-expected', 'x-later', 'x-needs-unit', 'x-noun'];

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  strict: true,
  allowUnionTypes: true,
  strictTypes: false,
  validateFormats: false,
  // The schemas are ours, tested, and each compiled for few values: compiling fast matters more than validating fast.
  meta: false,
  validateSchema: false,
  code: { optimize: false },
  ownProperties: true,
});
for (const keyword of ANNOTATIONS) ajv.addKeyword(keyword);
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/** Everything that is wrong with a value. */
export function errorsOf(value: unknown, schema: JsonSchema): readonly ErrorObject[] {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  return validate(value) ? [] : (validate.errors ?? []);
}
