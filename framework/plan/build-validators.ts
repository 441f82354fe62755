/**
 * Build step: `node build-validators.js FOLDER` compiles the declared schemas, a module each and an index of them, so that a run neither loads ajv nor waits for it. They
 * say only whether a value fits: what is wrong with one that does not, ajv itself is asked.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone';
import type { JsonSchema } from '../spec/fields/field';
import '../spec/read-spec';
import { declaredSchemas } from '../spec/validation/declared';
import './make-plan';

/** One pattern for all properties that have the same schema, as the registers have: the code is a tenth. */
function grouped(schema: JsonSchema): JsonSchema {
  const { properties, ...rest } = schema as { readonly properties?: Readonly<Record<string, unknown>> };
  if (properties === undefined) return schema;
  const alike = new Map<string, string[]>();
  for (const [name, inner] of Object.entries(properties)) {
    const text = JSON.stringify(withoutNotes(inner));
    alike.set(text, [...(alike.get(text) ?? []), name]);
  }
  const patterns = [...alike].map(([text, names]) => [`^(${names.map(literal).join('|')})$`, JSON.parse(text) as JsonSchema]);
  return { ...rest, patternProperties: Object.fromEntries(patterns) as unknown };
}

const literal = (name: string): string => name.replace(/[^A-Za-z0-9_-]/g, '\\$&');

/** Without what says nothing of validity. */
function withoutNotes(schema: unknown): unknown {
  const entries = Object.entries(schema as JsonSchema);
  return Object.fromEntries(entries.filter(([key]) => !key.startsWith('x-') && key !== 'description' && key !== 'examples'));
}

function build(folder: string): void {
  const ajv = new Ajv({ strict: false, validateFormats: false, ownProperties: true, messages: false, code: { source: true } });
  const declared = [...declaredSchemas()];
  const [twice] = declared.filter(([, name], index) => declared.findIndex(([, other]) => other === name) !== index);
  if (twice) throw new Error(`two schemas are declared as ${twice[1]}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [schema, name] of declared) writeFileSync(join(folder, `${name}.js`), standaloneCode(ajv, ajv.compile(grouped(schema))));
  const entries = declared.map(([, name]) => `  ${JSON.stringify(name)}: require(${JSON.stringify(`./${name}.js`)}),\n`);
  writeFileSync(join(folder, 'index.js'), `exports.compiled = {\n${entries.join('')}};\n`);
}

const [, , output] = process.argv;
if (output === undefined) throw new Error('usage: node build-validators.js FOLDER');
build(output);
