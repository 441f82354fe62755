import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { SourceText } from '../diagnostics/source-text';
import { ReadContext, type ReadRelated, type TopLevelKey } from './context';
import type { JsonSchema } from './fields/field';
import { LATER_KEYS, TOP_LEVEL_KEYS } from './keys/registry';
import type { GuestSpec, Spec } from './types';
import { parseYaml } from './yaml/parse-yaml';
import { entryOf, type MapNode } from './yaml/tree';
import { declareSchema } from './validation/declared';

export type SpecResult = { readonly ok: true; readonly spec: Spec } | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** The top level alone: which keys there are. Each key's value is checked by its own reader. */
const TOP_LEVEL: JsonSchema = declareSchema('spec', {
  type: 'object',
  properties: Object.fromEntries(Object.keys(TOP_LEVEL_KEYS).map((key) => [key, {}])),
  additionalProperties: false,
  required: ['version', 'name'],
  'x-later': LATER_KEYS,
  'x-noun': 'a spec',
  'x-expected': 'a map with version, name, guest and milestones',
});

/**
 * YAML text -> spec, or everything that is wrong with it. Never throws on bad text.
 * `file` is what diagnostics call it; `readRelated` gives an xl.cfg that the spec names.
 */
export function readSpec(text: string, file: string, readRelated: ReadRelated): SpecResult {
  const source = new SourceText(file, text.startsWith('\ufeff') ? text.slice(1) : text);
  const yaml = parseYaml(source);
  if (!yaml.ok) return yaml;
  const context = new ReadContext(readRelated);
  const root = yaml.root;
  const fits = context.fits(root, TOP_LEVEL, source.span(0, 1));
  if (root.kind !== 'map') return { ok: false, diagnostics: context.diagnostics };
  const spec = readKeys(root, context, file);
  return fits && spec && context.diagnostics.length === 0 ? { ok: true, spec } : { ok: false, diagnostics: inOrder(context.diagnostics) };
}

function readKeys(root: MapNode, context: ReadContext, file: string): Spec | undefined {
  const read = <T>(key: TopLevelKey<T>): T | undefined => {
    const entry = entryOf(root, key.key);
    return entry && key.read(entry, context);
  };
  const keys = TOP_LEVEL_KEYS;
  const version = read(keys.version);
  const name = read(keys.name);
  const description = read(keys.description);
  const tags = read(keys.tags) ?? [];
  const guest = readGuest(root, context, read(keys.guest), read(keys.xl));
  const budget = read(keys.budget);
  const input = read(keys.input) ?? [];
  if (!entryOf(root, 'milestones')) reportNoMilestones(root, context);
  const milestones = read(keys.milestones);
  const never = read(keys.never) ?? [];
  const expect = read(keys.expect) ?? [];
  const skip = read(keys.skip);
  if (version === undefined || name === undefined || !guest || !milestones) return undefined;
  return {
    file,
    version,
    name,
    tags,
    guest,
    input,
    milestones,
    never,
    expect,
    ...(description !== undefined && { description }),
    ...(budget && { budget }),
    ...(skip && { skip }),
  };
}

function readGuest(root: MapNode, context: ReadContext, guest: GuestSpec | undefined, xl: GuestSpec | undefined): GuestSpec | undefined {
  const [guestEntry, xlEntry] = [entryOf(root, 'guest'), entryOf(root, 'xl')];
  if (guestEntry && xlEntry) return context.error('bad-value', 'guest and xl both describe the guest', xlEntry.keySpan, 'keep one of them');
  if (!guestEntry && !xlEntry) {
    const what = 'the spec has neither guest nor xl: there is nothing to boot';
    return context.error(
      'missing-key',
      what,
      root.entries[0]?.keySpan ?? root.span,
      'add guest: { machine: xen-hvm, disks: { hda: mbr-hello } }',
    );
  }
  return guest ?? xl;
}

function reportNoMilestones(root: MapNode, context: ReadContext): void {
  const what = 'the spec has no milestones, so it would pass whatever the guest did';
  context.report(
    diagnostic('no-milestone', what, {
      span: root.entries[0]?.keySpan ?? root.span,
      fixme: 'add milestones: [ serial: the text that proves the boot ]',
    }),
  );
}

/** As a reader meets them: by file, line and column. */
function inOrder(found: readonly Diagnostic[]): Diagnostic[] {
  const place = ({ span }: Diagnostic): number => (span ? span.line * 100_000 + span.column : 0);
  const main = found.find(({ span }) => span)?.span?.file;
  return [...found].sort((a, b) => Number(a.span?.file !== main) - Number(b.span?.file !== main) || place(a) - place(b));
}
