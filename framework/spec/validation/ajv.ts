import { createRequire } from 'node:module';
import type * as library from 'ajv';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import type { JsonSchema } from '../fields/field';

/**
 * Our annotations in the JSON Schemas, unknown to other validators and ignored by them:
 * `x-expected` what belongs here, in words; `x-later` keys that a later version brings; `x-needs-unit`; `x-noun` what a key is called.
 */
const ANNOTATIONS = ['x-expected', 'x-later', 'x-needs-unit', 'x-noun'];

type Library = typeof library;

let ajv: Ajv | undefined;
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/** Loaded when a value is wrong, or nothing was compiled for its schema: that takes longer than reading a spec. */
function instance(): Ajv {
  if (ajv !== undefined) return ajv;
  const { default: Ajv } = createRequire(__filename)('ajv') as Library;
  ajv = new Ajv({
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
  return ajv;
}

/** Everything that is wrong with a value. */
export function errorsOf(value: unknown, schema: JsonSchema): readonly ErrorObject[] {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = instance().compile(schema);
    compiled.set(schema, validate);
  }
  return validate(value) ? [] : (validate.errors ?? []);
}
