import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { GuestSpec, KernelEntry, Located } from '../../spec/types';
import { DEFAULTS } from '../defaults';
import { readText, type PlanContext } from '../file-access';
import { Resolver } from '../firmware/resolve';
import { isPath } from '../paths';
import type { GuestPlan, KernelPlan, RamdiskContent } from '../types';
import { readRamdiskRecipe } from './ramdisk-recipe';

const MODULE_KINDS = ['kernel', 'ramdisk', 'file'] as const;
const MAX_RECIPE = 64 * 1024;
/** pc knows all entries. */
const ONLY_ENTRY: Readonly<Record<GuestPlan['platform'], KernelEntry | undefined>> = {
  pc: undefined,
  q35: 'linux16',
  'xen-hvm': 'linux16',
  'xen-pvh': 'pvh',
};

/** The kernel that a spec boots directly, with its RAM disk: names through manifests and recipes, paths relative to the spec. */
export function resolveKernel(spec: GuestSpec, context: PlanContext, problems: Diagnostic[]): KernelPlan | undefined {
  if (!spec.kernel) return undefined;
  const { entry, image: source } = spec.kernel;
  const only = ONLY_ENTRY[spec.machine.value];
  if (only && entry && entry.value !== only) {
    const what = `the machine ${spec.machine.value} enters kernels by ${only} only`;
    problems.push(diagnostic('not-supported', what, { span: entry.span, fixme: 'take entry out, or use machine: pc' }));
    return undefined;
  }
  const resolver = new Resolver(context, problems);
  const modules = spec.modules?.flatMap(({ image: from, cmdline }) => {
    const file = resolver.resolve(MODULE_KINDS, from)?.file;
    return file ? [{ file, cmdline: cmdline?.value ?? '' }] : [];
  });
  const image = resolver.resolve('kernel', source)?.file;
  const ramdisk = spec.ramdisk && resolveRamdisk(spec.ramdisk, resolver, context, problems);
  if (!image) return undefined;
  const chosen = only ?? entry?.value;
  const [first] = spec.modules ?? [];
  if (first && chosen?.startsWith('multiboot') === false)
    problems.push(
      diagnostic('not-supported', `modules are for multiboot kernels; this one is entered by ${chosen}`, { span: first.image.span }),
    );
  const rom = chosen === 'linux16' ? resolver.resolve('optionrom', { value: DEFAULTS.linuxRom, span: source.span })?.file : undefined;
  return {
    image,
    span: source.span,
    cmdline: spec.cmdline?.value ?? '',
    ...(chosen && { entry: chosen }),
    ...(rom && { rom }),
    ...(modules && { modules }),
    ...(ramdisk && { ramdisk }),
  };
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
