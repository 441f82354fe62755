import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { SourceText } from '../../diagnostics/source-text';
import { bad, good } from '../../quantities/parsed';
import { ReadContext } from '../../spec/context';
import { optional, required, type FieldType } from '../../spec/fields/field';
import { objectSchema, readFields } from '../../spec/fields/read-fields';
import { line, unsigned, word } from '../../spec/fields/scalars';
import { parseYaml } from '../../spec/yaml/parse-yaml';
import { entryOf, type MapNode } from '../../spec/yaml/tree';
import type { FileAccess } from '../file-access';
import { fileMissing, mapsSchema, RECIPE_FILE } from '../disk/recipe-files';
import { fileOf } from '../paths';
import type { Resolver } from '../firmware/resolve';
import type { ArchiveEntry } from '../types';
import { declareSchema } from '../../spec/validation/declared';

const INNER_PATH: FieldType<string> = {
  ...line('a path without a leading slash', ['bin/busybox'], 200),
  parse: (text) => (/^(?!\/)(?!.*\.\.)[\w.+/-]+$/.test(text) ? good(text) : bad('a path in the RAM disk has no leading slash and no ..')),
};
const PERMISSIONS: FieldType<number> = {
  ...line('permissions in octal', ['755'], 4),
  parse: (text) => (/^[0-7]{3,4}$/.test(text) ? good(Number.parseInt(text, 8)) : bad('permissions are three or four octal digits')),
};
const ENTRY = {
  path: required(INNER_PATH, 'where it lies'),
  mode: optional(PERMISSIONS, '755 when absent'),
  file: optional(RECIPE_FILE, 'bytes from a file'),
  image: optional(line('a name from a manifest', ['busybox-1.35'], 100), 'bytes of an image of the kind file'),
  link: optional(line('the target', ['busybox'], 200), 'a symbolic link'),
  device: optional(word(['char', 'block']), 'a device node'),
  major: optional(unsigned(0xfff, ['5']), 'of a device node'),
  minor: optional(unsigned(0xf_ffff, ['1']), 'of a device node'),
};
const ENTRY_SCHEMA = declareSchema('ramdisk.entry', objectSchema(ENTRY, { noun: 'an entry' }));
const TOP = { description: required(line('text', ['a shell'], 500), 'what it is for') };
const TOP_SCHEMA = declareSchema(
  'ramdisk',
  objectSchema(TOP, { noun: 'a recipe', extra: { entries: mapsSchema('a map of path and what it is', 1000) } }),
);
const DEFAULT_PERMISSIONS = 0o755;

interface Refused {
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a RAM disk's recipe.yaml: entries in the order in which Linux unpacks them. An entry without a content is a directory. */
export function readRamdiskRecipe(text: string, path: string, files: FileAccess, resolver: Resolver): readonly ArchiveEntry[] | Refused {
  const yaml = parseYaml(new SourceText(path, text));
  if (!yaml.ok) return { diagnostics: yaml.diagnostics };
  const context = new ReadContext(() => undefined);
  const { root } = yaml;
  if (root.kind !== 'map') {
    context.error('wrong-type', 'a recipe is a map', root.span);
    return context;
  }
  readFields(root.entries, TOP, TOP_SCHEMA, root.span, context);
  const list = entryOf(root, 'entries')?.value;
  const items = list?.kind === 'list' ? list.items.filter((item): item is MapNode => item.kind === 'map') : [];
  const entries = items.flatMap((item) => readEntry(item, files, resolver, context));
  return context.diagnostics.length > 0 ? context : entries;
}

function readEntry(node: MapNode, files: FileAccess, resolver: Resolver, context: ReadContext): ArchiveEntry[] {
  const read = readFields(node.entries, ENTRY, ENTRY_SCHEMA, node.span, context);
  if (!read) return [];
  const { path, mode, file, image, link, device, major, minor } = read.values;
  const base = { path, permissions: mode ?? DEFAULT_PERMISSIONS };
  if ([file, image, link, device].filter((content) => content !== undefined).length > 1) {
    context.report(diagnostic('image-bad', 'an entry has one of file, image, link and device', { span: node.span }));
    return [];
  }
  if (link !== undefined) return [{ ...base, kind: 'link', target: link }];
  if (device !== undefined) return [{ ...base, kind: 'device', type: device, major: major ?? 0, minor: minor ?? 0 }];
  if (image !== undefined) {
    const found = resolver.resolve('file', { value: image, span: read.spans['image'] ?? node.span });
    return found ? [{ ...base, kind: 'file', file: found.file }] : [];
  }
  if (file === undefined) return [{ ...base, kind: 'directory' }];
  const found = fileOf({ value: file, span: node.span }, files);
  if (found) return [{ ...base, kind: 'file', file: found }];
  context.report(fileMissing(file, node));
  return [];
}
