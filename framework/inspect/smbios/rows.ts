import type { ByteView } from '../byte-view';
import type { Field } from '../fields';
import type { SmbiosStructure } from './structure';

/** One field of a structure: name as dmidecode prints it, offset and size in the formatted area, and how it reads. */
export interface SmbiosRow {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly as: Reading;
}

/** Value and text of a field; undefined when the bytes say that there is none. */
export type Reading = (
  view: ByteView,
  row: SmbiosRow,
  structure: SmbiosStructure,
) => { value: number | bigint | string; text: string } | undefined;

/** A string by its index in the string set; index 0 is `Not Specified`. */
export const text: Reading = (view, { offset }, { strings }) => {
  const index = view.u8(offset);
  const found = index === 0 ? 'Not Specified' : (strings[index - 1] ?? '<BAD INDEX>');
  return { value: found.trimEnd(), text: found.trimEnd() };
};

export const count: Reading = (view, { offset, size }) => {
  const value = view.uint(offset, size);
  return { value, text: String(value) };
};

export const hexadecimal: Reading = (view, { offset, size }) => {
  const value = view.uint(offset, size);
  return {
    value,
    text: `0x${value
      .toString(16)
      .toUpperCase()
      .padStart(size * 2, '0')}`,
  };
};

/** A handle; FFFFh: `none`. */
export const handle = (none: string): Reading => {
  return (view, { offset }) => {
    const value = view.u16(offset);
    return { value, text: value === 0xffff ? none : `0x${value.toString(16).toUpperCase().padStart(4, '0')}` };
  };
};

/** A number with a unit; `unknown` for 0. */
export const amount = (unit: string, unknown = 'Unknown'): Reading => {
  return (view, { offset, size }) => {
    const value = view.uint(offset, size);
    return { value, text: value === 0 ? unknown : `${value} ${unit}` };
  };
};

/** A number out of a list; numbers that are not in it show as `<OUT OF SPEC>`. `mask`: the bits that count. */
export const choice = (names: Readonly<Record<number, string>>, mask = 0xff): Reading => {
  return (view, { offset }) => {
    const value = view.u8(offset) & mask;
    return { value, text: names[value] ?? '<OUT OF SPEC>' };
  };
};

export const raw: Reading = (view, { offset, size }) => {
  const shown = [...view.slice(offset, size)].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
  return { value: shown, text: shown };
};

export function row(name: string, offset: number, size: number, as: Reading): SmbiosRow {
  return { name, offset, size, as };
}

export function decodeSmbiosRows(structure: SmbiosStructure, rows: readonly SmbiosRow[]): Field[] {
  const fields: Field[] = [];
  for (const entry of rows) {
    if (!structure.view.has(entry.offset, entry.size)) continue;
    const read = entry.as(structure.view, entry, structure);
    if (read !== undefined) fields.push({ name: entry.name, ...read });
  }
  return fields;
}

/** A size in the largest unit that divides it, as dmidecode prints: `112 MB`. */
export function sizeText(kib: number): string {
  if (kib === 0) return '0 kB';
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = kib;
  let unit = 0;
  while (value % 1024 === 0 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value} ${units[unit] ?? 'kB'}`;
}
