/** One SMBIOS structure (DMTF DSP0134, 6.1): header, formatted area, then its strings. */
import { ascii, little } from '../acpi/bytes';

/** A byte count with its value, or a string that the formatted area refers to by number. */
export type SmbiosField = readonly [value: number | bigint, bytes: number] | string;

const HEADER_BYTES = 4;

export function structure(type: number, handle: number, fields: readonly SmbiosField[]): number[] {
  const strings: string[] = [];
  const body = fields.flatMap((field) => {
    if (typeof field !== 'string') return little(field[0], field[1]);
    if (field === '') return [0];
    strings.push(field);
    return [strings.length];
  });
  const header = [type, HEADER_BYTES + body.length, ...little(handle, 2)];
  const tail = strings.length === 0 ? [0, 0] : [...strings.flatMap((text) => [...ascii(text), 0]), 0];
  return [...header, ...body, ...tail];
}
