import { guidBytes } from '../../quantities/guid';
import { crc32 } from '../../quantities/crc32';
import { littleEndian } from '../../quantities/little-endian';
import { SECTOR_BYTES } from '../../quantities/units';
import type { ImagePiece } from '../types';

/** A GUID partition table (UEFI 2.10, 5.3): protective MBR, header and entries in front, their copies at the end. */

const ENTRIES = 128;
const ENTRY_BYTES = 128;
const TABLE_SECTORS = (ENTRIES * ENTRY_BYTES) / SECTOR_BYTES;
const HEADER_BYTES = 92;
const REVISION = 0x0001_0000;
const NAME_BYTES = 72;
/** Sectors that are nobody's: MBR, header and table in front, table and header behind. */
export const GPT_FRONT = 2 + TABLE_SECTORS;
export const GPT_BACK = 1 + TABLE_SECTORS;

export interface GptEntry {
  readonly first: number;
  readonly sectors: number;
  /** GUIDs as text. */
  readonly type: string;
  readonly guid: string;
  readonly name: string;
}

const DISK_GUID = gptGuid(0);

/** GUIDs of our own: the same image has the same ones. */
export function gptGuid(index: number): string {
  return `4d696c65-706f-7374-8000-${index.toString(16).padStart(12, '0')}`;
}

/** The pieces of the table for an image of so many sectors. */
export function gptPieces(entries: readonly GptEntry[], sectors: number): ImagePiece[] {
  const table = entries.flatMap(entryBytes);
  const whole = [...table, ...new Array<number>(ENTRIES * ENTRY_BYTES - table.length).fill(0)];
  const tableSum = crc32(whole);
  const header = (own: number, other: number, tableAt: number): number[] => {
    const bytes = [
      ...Array.from('EFI PART', (letter) => letter.charCodeAt(0)),
      ...littleEndian(REVISION, 4),
      ...littleEndian(HEADER_BYTES, 4),
      ...littleEndian(0, 8),
      ...littleEndian(own, 8),
      ...littleEndian(other, 8),
      ...littleEndian(GPT_FRONT, 8),
      ...littleEndian(sectors - GPT_BACK - 1, 8),
      ...guidBytes(DISK_GUID),
      ...littleEndian(tableAt, 8),
      ...littleEndian(ENTRIES, 4),
      ...littleEndian(ENTRY_BYTES, 4),
      ...littleEndian(tableSum, 4),
    ];
    bytes.splice(16, 4, ...littleEndian(crc32(bytes), 4));
    return bytes;
  };
  const last = sectors - 1;
  const piece = (lba: number, bytes: readonly number[]): ImagePiece => ({ kind: 'bytes', offset: lba * SECTOR_BYTES, bytes });
  return [
    ...protectiveMbr(sectors),
    piece(1, header(1, last, 2)),
    piece(2, table),
    piece(last - TABLE_SECTORS, table),
    piece(last, header(last, 1, last - TABLE_SECTORS)),
  ];
}

/** One partition of type EEh over the whole disk, as far as its field reaches. */
function protectiveMbr(sectors: number): ImagePiece[] {
  const entry = [0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff, ...littleEndian(1, 4), ...littleEndian(Math.min(sectors - 1, 0xffff_ffff), 4)];
  return [
    { kind: 'bytes', offset: 446, bytes: entry },
    { kind: 'bytes', offset: 510, bytes: [0x55, 0xaa] },
  ];
}

function entryBytes({ first, sectors, type, guid, name }: GptEntry): number[] {
  const text = Array.from(name).flatMap((letter) => littleEndian(letter.charCodeAt(0), 2));
  const padding = new Array<number>(NAME_BYTES - text.length).fill(0);
  return [
    ...guidBytes(type),
    ...guidBytes(guid),
    ...littleEndian(first, 8),
    ...littleEndian(first + sectors - 1, 8),
    ...littleEndian(0, 8),
    ...text,
    ...padding,
  ];
}
