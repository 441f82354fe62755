import { bad, good } from '../../quantities/parsed';
import { SECTOR_BYTES, type Bytes } from '../../quantities/units';
import type { ReadContext } from '../../spec/context';
import { optional, required, type FieldType } from '../../spec/fields/field';
import { UUID_TEXT } from '../../spec/fields/guest-scalars';
import { objectSchema, readFields } from '../../spec/fields/read-fields';
import { line, unsigned, word } from '../../spec/fields/scalars';
import { entryOf, type MapNode } from '../../spec/yaml/tree';
import type { ImagePiece } from '../types';
import { GPT_BACK, GPT_FRONT, gptGuid, gptPieces, type GptEntry } from './gpt';
import { listOf, mapsSchema, refuse } from './recipe-files';
import { declareSchema } from '../../spec/validation/declared';

/** Partition types by name (UEFI 2.10, table 5.6, and those of GRUB, Linux and Windows). */
const TYPES = {
  efi: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  'bios-boot': '21686148-6449-6e6f-744e-656564454649',
  linux: '0fc63daf-8483-4772-8e79-3d69d8477de4',
  data: 'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7',
} as const;
const TYPE_NAMES = ['efi', 'bios-boot', 'linux', 'data'] as const;
const NAMES = word(TYPE_NAMES);
const TYPE: FieldType<string> = {
  expected: `a GUID, or one of ${TYPE_NAMES.join(', ')}`,
  examples: ['efi', TYPES.linux],
  schema: { anyOf: [NAMES.schema, UUID_TEXT.schema] },
  parse: (text) => {
    const named = NAMES.parse(text);
    return named.ok ? good(TYPES[named.value]) : UUID_TEXT.parse(text);
  },
};
const NAME: FieldType<string> = {
  ...line('a partition name', ['EFI system partition'], 36),
  parse: (text) => (/^[ -~]{1,36}$/.test(text) ? good(text) : bad('a partition name has up to 36 characters', 'shorten it')),
};

const PARTITION = {
  first: required(unsigned(2 ** 48 - 1, ['2048']), 'first sector'),
  sectors: required(unsigned(2 ** 48 - 1, ['61440']), 'number of sectors'),
  type: required(TYPE, 'what it is for'),
  name: optional(NAME, 'its name'),
  guid: optional(UUID_TEXT, 'its own GUID (made from its number when absent)'),
};
const SCHEMA = declareSchema('disk.gpt.partition', objectSchema(PARTITION, { noun: 'a partition' }));
export const GPT_SCHEMA_LIST = mapsSchema('a map of first, sectors and type', 128);

/** `gpt` of a recipe. */
export function readGpt(root: MapNode, size: Bytes, context: ReadContext): ImagePiece[] {
  const list = entryOf(root, 'gpt');
  if (!list) return [];
  const sectors = size / SECTOR_BYTES;
  if (sectors <= GPT_FRONT + GPT_BACK) return refuse(context, 'the image is too small for a GUID partition table', root);
  if (entryOf(root, 'partitions')) return refuse(context, 'an image has either partitions or gpt', root);
  const entries: GptEntry[] = [];
  for (const [index, node] of listOf(root, 'gpt').entries()) {
    const read = readFields(node.entries, PARTITION, SCHEMA, node.span, context);
    if (!read) return [];
    const { first, sectors: length, type, name, guid } = read.values;
    if (length === 0 || first < GPT_FRONT || first + length > sectors - GPT_BACK)
      return refuse(context, `a partition lies within sectors ${GPT_FRONT} to ${sectors - GPT_BACK - 1} and has one at least`, node);
    if (entries.some((other) => first < other.first + other.sectors && other.first < first + length))
      return refuse(context, 'the partition overlaps another one', node);
    entries.push({ first, sectors: length, type, name: name ?? '', guid: guid ?? gptGuid(index + 1) });
  }
  return gptPieces(entries, sectors);
}
