import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { GuestSpec, Located } from '../../spec/types';
import { readText, type PlanContext } from '../file-access';
import { Resolver } from '../firmware/resolve';
import { isPath } from '../paths';
import type { KernelPlan, RamdiskContent } from '../types';
import { readRamdiskRecipe } from './ramdisk-recipe';

const MAX_RECIPE = 64 * 1024;

/** The kernel that a spec boots directly, with its RAM disk: names through manifests and recipes, paths relative to the spec. */
export function resolveKernel(spec: GuestSpec, context: PlanContext, problems: Diagnostic[]): KernelPlan | undefined {
  if (!spec.kernel) return undefined;
  if (spec.machine.value !== 'pc') {
    const what = `the machine ${spec.machine.value} does not start kernels directly`;
    problems.push(diagnostic('not-supported', what, { span: spec.kernel.image.span, fixme: 'use machine: pc, or boot from a disk' }));
    return undefined;
  }
  const resolver = new Resolver(context, problems);
  const image = resolver.resolve('kernel', spec.kernel.image)?.file;
  const ramdisk = spec.ramdisk && resolveRamdisk(spec.ramdisk, resolver, context, problems);
  if (!image) return undefined;
  const {
    entry,
    image: { span },
  } = spec.kernel;
  return { image, span, cmdline: spec.cmdline?.value ?? '', ...(entry && { entry: entry.value }), ...(ramdisk && { ramdisk }) };
}

function resolveRamdisk(
  source: Located<string>,
  resolver: Resolver,
  context: PlanContext,
  problems: Diagnostic[],
): RamdiskContent | undefined {
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
