import { bad, good } from '../../../quantities/parsed';
import { SECTOR_BYTES, type Bytes } from '../../../quantities/units';
import type { ReadContext } from '../../../spec/context';
import { optional, required, type FieldType } from '../../../spec/fields/field';
import { objectSchema, readFields } from '../../../spec/fields/read-fields';
import { line, unsigned } from '../../../spec/fields/scalars';
import type { MapNode } from '../../../spec/yaml/tree';
import type { ImagePiece } from '../../types';
import { fatPieces } from './volume';
import { FILE_FIELDS, FILE_ITEM, readTreeFiles } from '../file-content';
import { mapsSchema, refuse, type RecipeFiles } from '../recipe-files';
import { readSyslinux, SYSLINUX_MAP } from '../read-syslinux';
import { declareSchema } from '../../../spec/validation/declared';

const FAT_PATH: FieldType<string> = {
  ...line('a path with slashes', ['EFI/BOOT/BOOTX64.EFI'], 200),
  parse: (text) =>
    /^(?!.*\.\.)[^\s/\\:*?"<>|][^/\\:*?"<>|]*(\/[^\s/\\:*?"<>|][^/\\:*?"<>|]*)*$/.test(text)
      ? good(text)
      : bad('not a path of a FAT file system', 'write names with slashes'),
};
const LABEL: FieldType<string> = {
  ...line('a volume label', ['EFI'], 11),
  parse: (text) => (/^[A-Z0-9_ -]{1,11}$/.test(text) ? good(text) : bad('a label has up to 11 capital letters and digits', 'shorten it')),
};
const FAT = {
  lba: required(unsigned(0xffff_ffff, ['2048']), 'first sector'),
  sectors: required(unsigned(0xffff_ffff, ['129024']), 'number of sectors; FAT12, 16 or 32 follows from it'),
  label: optional(LABEL, 'volume label (MILEPOST when absent)'),
};
const FAT_FILE = { path: required(FAT_PATH, 'path in the file system; its directories are made'), ...FILE_FIELDS };
const FAT_SCHEMA = declareSchema(
  'disk.fat',
  objectSchema(FAT, {
    noun: 'a FAT file system',
    extra: { files: mapsSchema(FILE_ITEM, 4096), syslinux: SYSLINUX_MAP },
  }),
);
const FAT_FILE_SCHEMA = declareSchema('disk.fat.file', objectSchema(FAT_FILE, { noun: 'a file' }));
export const FAT_SCHEMA_LIST = mapsSchema('a map of lba, sectors and files', 8);

/** One entry of `fat-file-systems`. */
export function readFat(node: MapNode, size: Bytes, files: RecipeFiles, context: ReadContext): ImagePiece[] {
  const read = readFields(node.entries, FAT, FAT_SCHEMA, node.span, context);
  if (!read) return [];
  const { lba, sectors, label } = read.values;
  if ((lba + sectors) * SECTOR_BYTES > size) return refuse(context, 'the file system ends past the end of the image', node);
  const contents = readTreeFiles(node, FAT_FILE, FAT_FILE_SCHEMA, files, context);
  const syslinux = readSyslinux('syslinux', node, files, context);
  const pieces = fatPieces({ lba, sectors, label: label ?? 'MILEPOST', files: contents, syslinux });
  return typeof pieces === 'string' ? refuse(context, pieces, node) : pieces;
}
