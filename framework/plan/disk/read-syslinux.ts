import { bad, good } from '../../quantities/parsed';
import type { ReadContext } from '../../spec/context';
import { optional, required, type FieldType, type JsonSchema } from '../../spec/fields/field';
import { objectSchema, readFields } from '../../spec/fields/read-fields';
import { line } from '../../spec/fields/scalars';
import { declareSchema } from '../../spec/validation/declared';
import { entryOf, type MapNode } from '../../spec/yaml/tree';
import { contentFile, type RecipeFiles } from './recipe-files';
import type { Syslinux } from './syslinux';

const DIRECTORY: FieldType<string> = {
  ...line('a path with slashes', ['boot/extlinux'], 100),
  parse: (text) =>
    /^[\w.-]+(\/[\w.-]+)*$/.test(text) && !text.includes('..') ? good(text) : bad('not the path of a directory', 'boot/extlinux'),
};
const SYSLINUX = {
  loader: required(line('the name of a file in a manifest', ['syslinux-loader'], 100), 'ldlinux.sys as its installer has it'),
  'boot-sector': required(line('the name of a file in a manifest', ['syslinux-boot-sector'], 100), 'its boot sector'),
  directory: optional(DIRECTORY, 'where the loader is, and looks for its settings and modules (the root when absent)'),
};
const SYSLINUX_SCHEMA = declareSchema('disk.syslinux', objectSchema(SYSLINUX, { noun: 'an installation of SYSLINUX' }));
/** What the schema of a file system says of it. */
export const SYSLINUX_MAP: JsonSchema = { type: 'object', 'x-expected': 'a map of loader, boot-sector and directory' };
/** Larger files are not its loader. */
const MAX_BYTES = 0x2_0000;

/** The installation that a file system's key asks for; undefined when it has none, or a wrong one, which is reported. */
export function readSyslinux(
  key: 'syslinux' | 'extlinux',
  node: MapNode,
  recipeFiles: RecipeFiles,
  context: ReadContext,
): Syslinux | undefined {
  const settings = entryOf(node, key)?.value;
  if (settings?.kind !== 'map') return undefined;
  const read = readFields(settings.entries, SYSLINUX, SYSLINUX_SCHEMA, settings.span, context);
  if (!read) return undefined;
  const bytesOf = (image: string): Uint8Array | undefined => {
    const found = contentFile({ image }, recipeFiles, settings, context);
    return found && recipeFiles.files.read(found.path, 0, Math.min(found.sizeBytes, MAX_BYTES));
  };
  const loader = bytesOf(read.values.loader);
  const bootSector = bytesOf(read.values['boot-sector']);
  return loader && bootSector && { loader, bootSector, directory: read.values.directory ?? '' };
}
