import { byteSum, ByteView } from '../byte-view';
import { decodeRows } from '../fields';
import type { Field, FieldRow } from '../fields';

/** Length of the common header, and the longest table that is believed (a DSDT of a large machine is below 1 MiB). */
export const ACPI_HEADER_BYTES = 36;
const ACPI_TABLE_BYTES_MAX = 4 * 1024 * 1024;

/** ACPI 6.5, table 5.4. */
const HEADER_ROWS: readonly FieldRow[] = [
  { name: 'Signature', offset: 0, size: 4, as: 'text' },
  { name: 'Length', offset: 4, size: 4, as: 'number' },
  { name: 'Revision', offset: 8, size: 1, as: 'number' },
  { name: 'Checksum', offset: 9, size: 1 },
  { name: 'OEMID', offset: 10, size: 6, as: 'text' },
  { name: 'OEM Table ID', offset: 16, size: 8, as: 'text' },
  { name: 'OEM Revision', offset: 24, size: 4 },
  { name: 'Creator ID', offset: 28, size: 4, as: 'text' },
  { name: 'Creator Revision', offset: 32, size: 4 },
];

/** One ACPI table as it stands in guest memory. */
export interface AcpiTable {
  /** As in its header, upper case: `FACP`; `RSD PTR ` for the root pointer. */
  readonly signature: string;
  readonly gpa: number;
  readonly bytes: Uint8Array;
  readonly sum: number;
  readonly hasChecksum: boolean;
}

/** Header and, for the tables that this folder knows, the fields of the body. */
export type BodyDecoder = (view: ByteView) => Field[];

/** True when the bytes could begin a table: a printable signature and a length that one can have. */
export function isAcpiHeader(view: ByteView): boolean {
  const length = view.u32(4);
  return /^[A-Z0-9_ ]{4}$/.test(view.text(0, 4)) && length >= 8 && length <= ACPI_TABLE_BYTES_MAX;
}

export function headerFields(view: ByteView): Field[] {
  return decodeRows(view, HEADER_ROWS);
}

/** A table of the common form; FACS has no checksum. */
export function acpiTable(gpa: number, bytes: Uint8Array): AcpiTable {
  const signature = new ByteView(bytes).text(0, 4);
  return { signature, gpa, bytes, sum: byteSum(bytes), hasChecksum: signature !== 'FACS' };
}
