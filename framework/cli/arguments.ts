import { parseArgs, type ParseArgsConfig } from 'node:util';
import { diagnostic } from '../diagnostics/diagnostic';
import { closest } from '../diagnostics/did-you-mean';
import { CommandError } from './command';

type Options = NonNullable<ParseArgsConfig['options']>;

/** node:util's parseArgs, strict; a wrong flag becomes a usage error with did-you-mean. */
export function parseFlags<O extends Options>(
  args: readonly string[],
  options: O,
): ReturnType<typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const flag = /'(-{1,2}[^' ]+)/.exec(text)?.[1] ?? '';
    const near = closest(flag.replace(/^-+/, ''), Object.keys(options));
    const known = Object.keys(options).map((name) => `--${name}`);
    const what = /Unknown option/.test(text) ? `unknown flag ${flag}` : (text.split('. ')[0] ?? text);
    throw new CommandError(diagnostic('usage', what, { fixme: near ? `did you mean --${near}?` : `flags: ${known.join(', ')}` }));
  }
}

/** A flag with a whole number of at least `min`. */
export function numberFlag(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new CommandError(diagnostic('usage', `--${name} takes a number from ${min} to ${max}, not ${JSON.stringify(text)}`));
}
