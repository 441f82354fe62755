/** Build step: `node build.js OUT` writes the interpreter module. */
import { writeFileSync } from 'node:fs';
import { INSTRUCTION_SET } from '../isa/instruction-set';
import { generateInterpreter } from './interpreter/generate';

const [, , output] = process.argv;
if (output === undefined) throw new Error('usage: node build.js OUT');
writeFileSync(output, generateInterpreter(INSTRUCTION_SET));
