import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Diagnostic } from '../../diagnostics/diagnostic';
import type { Located } from '../../spec/types';
import { readText, type PlanContext } from '../file-access';
import { Resolver } from '../firmware/resolve';
import { isPath } from '../paths';
import type { RamdiskContent } from '../types';
import { readRamdiskRecipe } from './ramdisk-recipe';

const MAX_RECIPE = 64 * 1024;

/** A RAM disk by the name of a recipe (ramdisks/<name>/recipe.yaml) or of a manifest, or by path; what is wrong goes into `problems`. */
export function resolveRamdisk(source: Located<string>, context: PlanContext, problems: Diagnostic[]): RamdiskContent | undefined {
  const resolver = new Resolver(context, problems);
  if (!isPath(source.value)) {
    for (const root of context.roots) {
      const path = join(root, 'ramdisks', source.value, 'recipe.yaml');
      const text = readText(context.files, path, MAX_RECIPE);
      if (text === undefined) continue;
      const entries = readRamdiskRecipe(text, path, context.files, resolver);
      if ('diagnostics' in entries) {
        problems.push(...entries.diagnostics);
        return undefined;
      }
      // The archive is a function of its recipe and of the files that it names; paths differ from machine to machine.
      const facts = entries.map((entry) => (entry.kind === 'file' ? { ...entry, file: entry.file.sha256 } : entry));
      const sha256 = createHash('sha256').update(JSON.stringify(facts)).digest('hex');
      return { kind: 'recipe', name: source.value, entries, sha256 };
    }
  }
  const file = resolver.resolve('ramdisk', source)?.file;
  return file && { kind: 'file', file };
}
