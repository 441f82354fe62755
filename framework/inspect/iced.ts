import { createRequire } from 'node:module';
import type * as library from 'iced-x86';

type Iced = typeof library;

let loaded: Iced | undefined;

/** The disassembler's library, loaded when something is first to be disassembled: a boot that passes seldom needs it. */
export function iced(): Iced {
  return (loaded ??= createRequire(__filename)('iced-x86') as Iced);
}
