import { hex } from '../quantities/hex';
import type { ByteView } from './byte-view';

/** A decoded field: its value for comparing, its text for showing (as the standard tool for the format prints it). */
export interface Field {
  readonly name: string;
  readonly value: number | bigint | string;
  readonly text: string;
}

/** How bytes become a field. `text`: fixed-length text; `gas`: ACPI generic address structure; a function: anything else. */
export interface FieldRow {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly as?: 'number' | 'hex' | 'text' | 'gas' | 'bytes';
}

const GAS_SPACES = ['System Memory', 'System I/O', 'PCI Configuration', 'Embedded Controller', 'SMBus', 'SystemCMOS', 'PciBarTarget'];

/** Decodes the rows that lie within the bytes; a field that the table is too short for is left out. */
export function decodeRows(view: ByteView, rows: readonly FieldRow[]): Field[] {
  const fields: Field[] = [];
  for (const row of rows) {
    if (!view.has(row.offset, row.size)) continue;
    if (row.as === 'gas') fields.push(...decodeGas(view, row));
    else fields.push(decodeRow(view, row));
  }
  return fields;
}

function decodeRow(view: ByteView, { name, offset, size, as = 'hex' }: FieldRow): Field {
  if (as === 'text') {
    const text = view.text(offset, size).trimEnd();
    return { name, value: text, text };
  }
  if (as === 'bytes') {
    const text = [...view.slice(offset, size)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return { name, value: text, text };
  }
  const wide = view.u64(offset);
  const value = size === 8 ? (wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide) : view.uint(offset, size);
  return { name, value, text: as === 'number' ? String(value) : hex(value) };
}

/** ACPI 6.5, 5.2.3.2: the field itself has the address as its value; its parts are named `X_DSDT.Address_Space_ID` and so on. */
function decodeGas(view: ByteView, { name, offset }: FieldRow): Field[] {
  const space = view.u8(offset);
  const width = view.u8(offset + 1);
  const address = view.uint(offset + 4, 8);
  const number = (part: string, value: number): Field => ({ name: `${name}.${part}`, value, text: hex(value) });
  return [
    { name, value: address, text: `${hex(address)} (${GAS_SPACES[space] ?? `space ${space}`}, ${width} bits)` },
    number('Address_Space_ID', space),
    number('Register_Bit_Width', width),
    number('Register_Bit_Offset', view.u8(offset + 2)),
    number('Access_Size', view.u8(offset + 3)),
  ];
}

/** Finds a field as people write its name: case, spaces, `_`, `-` and `/` do not matter. */
export function findField(fields: readonly Field[], name: string): Field | undefined {
  const wanted = plain(name);
  return fields.find((field) => plain(field.name) === wanted);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_/-]+/g, '');
}
