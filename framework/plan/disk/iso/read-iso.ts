import { bad, good } from '../../../quantities/parsed';
import { KIB, type Bytes } from '../../../quantities/units';
import type { ReadContext } from '../../../spec/context';
import { optional, required, type FieldType } from '../../../spec/fields/field';
import { objectSchema, readFields } from '../../../spec/fields/read-fields';
import { line, SWITCH, unsigned, word } from '../../../spec/fields/scalars';
import { entryOf, type MapNode } from '../../../spec/yaml/tree';
import type { FileRef, ImagePiece } from '../../types';
import { FILE_FIELDS, FILE_ITEM, readTreeFiles } from '../file-content';
import { mapsSchema, type RecipeFiles } from '../recipe-files';
import { isoImage, type IsoBoot } from './layout';
import { declareSchema } from '../../../spec/validation/declared';

const MAX_FILES = 200;
const MAX_LEVELS = 8;
/** Four sectors of 512 bytes: one of the CD. */
const LOAD_SECTORS = 4;
/** Largest boot image that is read for its boot information table. */
const MAX_BOOT_BYTES = 16 * KIB * KIB;
/** Diskettes that El Torito can emulate, by media type less 1. */
const EMULATED = [1200, 1440, 2880].map((kib) => kib * KIB);

/** Interchange level 1: names of 8 and 3 letters (ECMA-119, 10.1). */
const ISO_PATH: FieldType<string> = {
  ...line('a path on the volume', ['/BOOT/LOADER.BIN'], 200),
  parse: (text) => {
    const isLevel1 = /^(\/[A-Z0-9_]{1,8})*\/[A-Z0-9_]{1,8}(\.[A-Z0-9_]{0,3})?$/.test(text);
    return isLevel1 && text.split('/').length <= MAX_LEVELS
      ? good(text)
      : bad('the path must be of upper-case 8.3 names', '/BOOT/FILE.BIN');
  },
};
const VOLUME: FieldType<string> = {
  ...line('a volume name', ['MILEPOST'], 32),
  parse: (text) => (/^[A-Z0-9_]{1,32}$/.test(text) ? good(text) : bad('a volume name has upper-case letters, digits and _')),
};
const TOP = { description: required(line('text', ['boots'], 500), 'what it is for') };
const TOP_SCHEMA = declareSchema('cd', objectSchema(TOP, { noun: 'a recipe of a CD', extra: { iso: { type: 'object' } } }));
const ISO = {
  volume: optional(VOLUME, 'name of the volume'),
  boot: optional(ISO_PATH, 'the boot image (El Torito): one of the files'),
  emulation: optional(word(['none', 'floppy']), 'none: its first sectors are loaded; floppy: it is a diskette'),
  load: optional(unsigned(0xffff, ['4']), 'sectors of 512 bytes to load'),
  'boot-info': optional(SWITCH, 'a boot information table goes into bytes 8 to 63 of the boot image'),
};
const ISO_SCHEMA = declareSchema('cd.iso', objectSchema(ISO, { noun: 'iso', extra: { files: mapsSchema(FILE_ITEM, MAX_FILES) } }));
const FILE = { path: required(ISO_PATH, 'where on the volume'), ...FILE_FIELDS };
const FILE_SCHEMA = declareSchema('cd.file', objectSchema(FILE, { noun: 'a file of a CD' }));

interface Image {
  readonly sizeBytes: Bytes;
  readonly pieces: readonly ImagePiece[];
}

/** A recipe with `iso:`, an ISO 9660 volume. */
export function readIso(root: MapNode, recipeFiles: RecipeFiles, context: ReadContext): Image | undefined {
  readFields(root.entries, TOP, TOP_SCHEMA, root.span, context);
  const node = entryOf(root, 'iso')?.value;
  if (node?.kind !== 'map') return context.error('wrong-type', 'iso is a map with files', root.span);
  const read = readFields(node.entries, ISO, ISO_SCHEMA, node.span, context);
  const files = readTreeFiles(node, FILE, FILE_SCHEMA, recipeFiles, context);
  if (!read || context.diagnostics.length > 0) return undefined;
  const paths = files.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index || paths.some((other) => other.startsWith(`${path}/`)));
  if (twice !== undefined) return context.error('image-bad', `two things on the volume are called ${twice}`, node.span);
  const { volume = 'MILEPOST', boot } = read.values;
  if (boot === undefined) return isoImage(volume, files, undefined);
  const image = files.find(({ path }) => path === boot)?.file;
  if (!image) return context.error('image-bad', `no file of the volume is ${boot}`, read.spans['boot'] ?? node.span);
  if (!('path' in image)) return context.error('image-bad', `${boot} is a RAM disk, not a boot image`, read.spans['boot'] ?? node.span);
  const settings = bootOf(boot, image, read.values, recipeFiles);
  if (typeof settings === 'string') return context.error('image-bad', settings, read.spans['boot'] ?? node.span);
  return isoImage(volume, files, settings);
}

interface BootValues {
  readonly emulation?: 'none' | 'floppy' | undefined;
  readonly load?: number | undefined;
  readonly 'boot-info'?: boolean | undefined;
}

function bootOf(path: string, image: FileRef, values: BootValues, { files }: RecipeFiles): IsoBoot | string {
  const { emulation = 'none', load, 'boot-info': information = false } = values;
  if (image.sizeBytes > MAX_BOOT_BYTES) return `${path} is too large for a boot image`;
  if (emulation === 'none') {
    const bytes = information ? files.read(image.path, 0, image.sizeBytes) : undefined;
    return { path, media: 0, count: load ?? LOAD_SECTORS, leastBytes: 0, bytes };
  }
  const media = EMULATED.findIndex((bytes) => image.sizeBytes <= bytes);
  if (media < 0) return `${path} is too large for a diskette`;
  return { path, media: media + 1, count: 1, leastBytes: EMULATED[media]!, bytes: undefined };
}
