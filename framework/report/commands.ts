import { relative } from 'node:path';
import type { RunResult } from '../run/result';
import type { ReportContext } from './context';

/** A path as a person at `cwd` would type it. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
}

/** The command that does the same run again, bit for bit. */
export function reproCommand(result: RunResult, context: ReportContext): string {
  return `npx milepost run ${quoted(shownPath(result.file, context.cwd))}`;
}

/** The command that shows what the guest did just before the end. */
export function debugCommand(result: RunResult, context: ReportContext): string {
  const events = context.artefacts?.names.includes('events.jsonl') === true ? context.artefacts.directory : undefined;
  if (events === undefined) return `${reproCommand(result, context)} --trace on`;
  return `tail -n 100 ${quoted(`${shownPath(events, context.cwd)}/events.jsonl`)}`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
