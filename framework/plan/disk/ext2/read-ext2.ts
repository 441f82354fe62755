import { bad, good } from '../../../quantities/parsed';
import { SECTOR_BYTES, type Bytes } from '../../../quantities/units';
import type { ReadContext } from '../../../spec/context';
import { optional, required, type FieldType } from '../../../spec/fields/field';
import { objectSchema, readFields } from '../../../spec/fields/read-fields';
import { line, unsigned } from '../../../spec/fields/scalars';
import { UUID_TEXT } from '../../../spec/fields/guest-scalars';
import { declareSchema } from '../../../spec/validation/declared';
import type { MapNode } from '../../../spec/yaml/tree';
import type { ImagePiece } from '../../types';
import { gptGuid } from '../gpt';
import { FILE_FIELDS, FILE_ITEM, readTreeFiles } from '../file-content';
import { mapsSchema, refuse, type RecipeFiles } from '../recipe-files';
import { readSyslinux, SYSLINUX_MAP } from '../read-syslinux';
import { ext2Pieces } from './volume';

/** Longest name in a directory, in bytes. */
const NAME_BYTES = 255;

const isName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && new TextEncoder().encode(name).length <= NAME_BYTES;
const PATH: FieldType<string> = {
  ...line('a path with slashes', ['boot/vmlinuz'], 1000),
  parse: (text) =>
    text.split('/').every(isName) ? good(text) : bad('not a path of an ext2 file system', 'write names with slashes, without one in front'),
};
const LABEL: FieldType<string> = {
  ...line('a volume label', ['boot'], 16),
  parse: (text) => (/^[\x21-\x7e]{1,16}$/.test(text) ? good(text) : bad('a label has up to 16 letters, digits and signs', 'shorten it')),
};
const EXT2 = {
  lba: required(unsigned(0xffff_ffff, ['2048']), 'first sector'),
  sectors: required(unsigned(0xffff_ffff, ['129024']), 'number of sectors; blocks have 1 KiB below 512 MiB, else 4 KiB'),
  label: optional(LABEL, 'volume label (none when absent)'),
  uuid: optional(UUID_TEXT, 'UUID of the file system (fixed when absent)'),
};
const SCHEMA = declareSchema(
  'disk.ext2',
  objectSchema(EXT2, {
    noun: 'an ext2 file system',
    extra: { files: mapsSchema(FILE_ITEM, 4096), extlinux: SYSLINUX_MAP },
  }),
);
const FILE = { path: required(PATH, 'path in the file system; its directories are made'), ...FILE_FIELDS };
const FILE_SCHEMA = declareSchema('disk.ext2.file', objectSchema(FILE, { noun: 'a file' }));
export const EXT2_SCHEMA_LIST = mapsSchema('a map of lba, sectors and files', 8);

/** One entry of `ext2-file-systems`, the first of an image or a later one. */
export function readExt2(node: MapNode, index: number, size: Bytes, files: RecipeFiles, context: ReadContext): ImagePiece[] {
  const read = readFields(node.entries, EXT2, SCHEMA, node.span, context);
  if (!read) return [];
  const { lba, sectors, label, uuid } = read.values;
  if ((lba + sectors) * SECTOR_BYTES > size) return refuse(context, 'the file system ends past the end of the image', node);
  const contents = readTreeFiles(node, FILE, FILE_SCHEMA, files, context);
  const extlinux = readSyslinux('extlinux', node, files, context);
  const pieces = ext2Pieces({ lba, sectors, label: label ?? '', uuid: uuid ?? gptGuid(0x100 + index), files: contents, extlinux });
  return typeof pieces === 'string' ? refuse(context, pieces, node) : pieces;
}
