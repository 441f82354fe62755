import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { GuestSpec, KernelEntry } from '../../spec/types';
import { DEFAULTS } from '../defaults';
import type { PlanContext } from '../file-access';
import { Resolver } from '../firmware/resolve';
import type { GuestPlan, KernelPlan } from '../types';
import { resolveRamdisk } from './resolve-ramdisk';

const MODULE_KINDS = ['kernel', 'ramdisk', 'file'] as const;
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
  const ramdisk = spec.ramdisk && resolveRamdisk(spec.ramdisk, context, problems);
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
