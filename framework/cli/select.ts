import { diagnostic } from '../diagnostics/diagnostic';
import { planSpecFile } from '../run/plan-spec-file';
import type { FileAccess } from '../plan/file-access';
import type { Planned } from '../plan/types';
import { CommandError } from './command';
import { discover } from './discover';
import { projectRoot } from './project';

/** Flags that choose specs, the same for run, check and list. */
export const SELECT_FLAGS = {
  'test-name-pattern': { type: 'string', short: 't' },
  tag: { type: 'string', multiple: true },
  shard: { type: 'string' },
} as const;

export interface Selection {
  readonly pattern: RegExp | undefined;
  readonly tags: readonly string[];
  readonly shard: { readonly index: number; readonly count: number } | undefined;
}

export interface PlannedSpec {
  /** Absolute. */
  readonly file: string;
  readonly planned: Planned;
}

export function selectionOf(values: {
  readonly 'test-name-pattern'?: string | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly shard?: string | undefined;
}): Selection {
  const text = values['test-name-pattern'];
  return { pattern: text === undefined ? undefined : patternOf(text), tags: values.tag ?? [], shard: shardOf(values.shard) };
}

/** The specs below the paths that the selection takes. One that cannot be read is always taken: it may be the one that was meant. */
export function planSelected(paths: readonly string[], selection: Selection, cwd: string, files: FileAccess): PlannedSpec[] {
  const root = projectRoot(cwd);
  const all = discover(paths, cwd).map((file) => ({ file, planned: planSpecFile(file, { root, files }) }));
  const taken = all.filter(({ planned }) => !planned.ok || takes(planned.plan, selection));
  const { shard } = selection;
  return shard ? taken.filter((_, at) => at % shard.count === shard.index - 1) : taken;
}

function takes(plan: { readonly name: string; readonly tags: readonly string[] }, { pattern, tags }: Selection): boolean {
  return (pattern?.test(plan.name) ?? true) && tags.every((tag) => plan.tags.includes(tag));
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(diagnostic('usage', `-t takes a regular expression: ${why}`));
  }
}

function shardOf(text: string | undefined): Selection['shard'] {
  if (text === undefined) return undefined;
  const parts = /^(\d{1,4})\/(\d{1,4})$/.exec(text);
  const [index, count] = [Number(parts?.[1] ?? 0), Number(parts?.[2] ?? 0)];
  if (index < 1 || index > count) throw new CommandError(diagnostic('usage', `--shard takes 1/4, not ${JSON.stringify(text)}`));
  return { index, count };
}
