import type { Diagnostic } from '../../diagnostics/diagnostic';
import { SourceText } from '../../diagnostics/source-text';
import { littleEndian } from '../../quantities/little-endian';
import { SECTOR_BYTES, type Bytes } from '../../quantities/units';
import { ReadContext } from '../../spec/context';
import { optional, required } from '../../spec/fields/field';
import { objectSchema, readFields } from '../../spec/fields/read-fields';
import { LBA, line, SIZE, SWITCH, unsigned, word } from '../../spec/fields/scalars';
import { parseYaml } from '../../spec/yaml/parse-yaml';
import { entryOf, type MapNode } from '../../spec/yaml/tree';
import type { FileAccess } from '../file-access';
import type { FirmwareStore } from '../firmware/store';
import type { ImagePiece } from '../types';
import { readIso } from './iso/read-iso';
import { EXT2_SCHEMA_LIST, readExt2 } from './ext2/read-ext2';
import { FAT_SCHEMA_LIST, readFat } from './fat/read-fat';
import { GPT_SCHEMA_LIST, readGpt } from './read-gpt';
import { CONTENT_FIELDS, contentFile, listOf, mapsSchema, refuse, type RecipeFiles } from './recipe-files';
import { declareSchema } from '../../spec/validation/declared';

/** A generated image: its size, and pieces in the order in which they are laid down. */
export interface Recipe {
  readonly sizeBytes: Bytes;
  readonly pieces: readonly ImagePiece[];
}

const SECTORS = {
  lba: required(LBA, 'first sector, or the range to fill'),
  ...CONTENT_FIELDS,
  fill: optional(word(['lba', 'zero', 'ff']), 'lba: each sector holds its own number'),
};
const PARTITION = {
  first: required(unsigned(0xffff_ffff, ['2048']), 'first sector'),
  sectors: required(unsigned(0xffff_ffff, ['4096']), 'number of sectors'),
  type: required(unsigned(0xff, ['0x0c']), 'type byte'),
  active: optional(SWITCH, 'boot flag'),
};
const TOP = { description: required(line('text', ['boots'], 500), 'what it is for'), size: required(SIZE, 'size of the image') };
const TOP_SCHEMA = declareSchema(
  'disk',
  objectSchema(TOP, {
    noun: 'a recipe',
    extra: {
      content: mapsSchema('a map of lba and file, image or fill', 4096),
      partitions: mapsSchema('a map of first, sectors and type', 4),
      gpt: GPT_SCHEMA_LIST,
      'fat-file-systems': FAT_SCHEMA_LIST,
      'ext2-file-systems': EXT2_SCHEMA_LIST,
    },
  }),
);
const SECTORS_SCHEMA = declareSchema('disk.content', objectSchema(SECTORS, { noun: 'a piece of content' }));
const PARTITION_SCHEMA = declareSchema('disk.partition', objectSchema(PARTITION, { noun: 'a partition' }));

const TABLE_OFFSET = 446;
const ENTRY_BYTES = 16;
/** A partition table counts only with the sector's signature. */
const SIGNATURE_OFFSET = 510;
/** CHS fields of an entry that only its LBA describes. */
const CHS_BEYOND = [0xfe, 0xff, 0xff] as const;

/** Reads a recipe.yaml. `path` is absolute; files that it names are relative to it. */
export function readRecipe(text: string, path: string, files: FileAccess, store: FirmwareStore): Recipe | readonly Diagnostic[] {
  const source = new SourceText(path, text);
  const yaml = parseYaml(source);
  if (!yaml.ok) return yaml.diagnostics;
  const context = new ReadContext(() => undefined);
  const recipe =
    yaml.root.kind === 'map'
      ? readTop(yaml.root, { files, store }, context)
      : context.error('wrong-type', 'a recipe is a map', yaml.root.span);
  return recipe && context.diagnostics.length === 0 ? recipe : context.diagnostics;
}

function readTop(root: MapNode, files: RecipeFiles, context: ReadContext): Recipe | undefined {
  if (entryOf(root, 'iso')) return readIso(root, files, context);
  const read = readFields(root.entries, TOP, TOP_SCHEMA, root.span, context);
  if (!read) return undefined;
  const { size } = read.values;
  if (size === 0 || size % SECTOR_BYTES !== 0)
    return context.error('image-bad', 'an image is a whole number of sectors of 512 bytes', read.spans['size'] ?? root.span);
  const pieces = [
    ...listOf(root, 'content').flatMap((item) => readContent(item, size, files, context)),
    ...listOf(root, 'partitions').flatMap((item, index) => readPartition(item, index, size, context)),
    ...readGpt(root, size, context),
    ...listOf(root, 'fat-file-systems').flatMap((item) => readFat(item, size, files, context)),
    ...listOf(root, 'ext2-file-systems').flatMap((item, index) => readExt2(item, index, size, files, context)),
  ];
  return { sizeBytes: size, pieces };
}

function readContent(node: MapNode, size: Bytes, files: RecipeFiles, context: ReadContext): ImagePiece[] {
  const read = readFields(node.entries, SECTORS, SECTORS_SCHEMA, node.span, context);
  if (!read) return [];
  const { lba, file, image, fill } = read.values;
  const offset = lba.first * SECTOR_BYTES;
  if ([file, image, fill].filter((given) => given !== undefined).length !== 1)
    return refuse(context, 'a piece of content has one of file, image and fill', node);
  if (fill === undefined) {
    const found = contentFile({ file, image }, files, node, context);
    if (!found) return [];
    if (offset + found.sizeBytes > size) return refuse(context, `${found.name} ends past the end of the image`, node);
    return [{ kind: 'file', offset, file: found }];
  }
  const length = (lba.last - lba.first + 1) * SECTOR_BYTES;
  if (offset + length > size) return refuse(context, 'the range ends past the end of the image', node);
  if (fill === 'lba') return [{ kind: 'lba-pattern', offset, length }];
  return [{ kind: 'fill', offset, length, byte: fill === 'ff' ? 0xff : 0 }];
}

function readPartition(node: MapNode, index: number, size: Bytes, context: ReadContext): ImagePiece[] {
  const read = readFields(node.entries, PARTITION, PARTITION_SCHEMA, node.span, context);
  if (!read) return [];
  const { first, sectors, type, active } = read.values;
  if ((first + sectors) * SECTOR_BYTES > size || sectors === 0)
    return refuse(context, 'the partition is empty or ends past the end of the image', node);
  const bytes = [active === true ? 0x80 : 0, ...CHS_BEYOND, type, ...CHS_BEYOND, ...littleEndian(first, 4), ...littleEndian(sectors, 4)];
  return [
    { kind: 'bytes', offset: TABLE_OFFSET + index * ENTRY_BYTES, bytes },
    { kind: 'bytes', offset: SIGNATURE_OFFSET, bytes: [0x55, 0xaa] },
  ];
}
