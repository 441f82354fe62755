/** Puts tables into the files that firmware loads: the blob of tables, the RSDP, and the script that places and links them. */
import { ascii, little } from './bytes';
import { addChecksum, addPointer, allocate, ZONE } from './loader-script';
import { CHECKSUM_OFFSET, facs, HEADER_BYTES, table } from './table';

export const TABLES_FILE = 'etc/acpi/tables';
export const RSDP_FILE = 'etc/acpi/rsdp';
export const LOADER_FILE = 'etc/table-loader';

const TABLES_ALIGNMENT = 64;
const RSDP_ALIGNMENT = 16;
const RSDP_BYTES = 20;
const RSDP_CHECKSUM = 8;
const RSDP_RSDT = 16;
const FADT_FACS = 36;
const FADT_DSDT = 40;
const FADT_X_DSDT = 140;

export interface TableSet {
  readonly dsdt: readonly number[];
  /** With zeroes where FACS and DSDT belong. */
  readonly fadt: readonly number[];
  /** The others that the RSDT lists. */
  readonly others: readonly (readonly number[])[];
}

export interface TableFiles {
  readonly tables: Uint8Array;
  readonly rsdp: Uint8Array;
  readonly loader: Uint8Array;
}

/** Tables of facts that the guest may change. Firmware fetches the files one by one: they are made again only when the facts are others. */
export function tablesOf<Facts>(facts: () => Facts, make: (facts: Facts) => TableFiles): () => TableFiles {
  let made: { readonly key: string; readonly files: TableFiles } | undefined;
  return () => {
    const now = facts();
    const key = JSON.stringify(now);
    if (made?.key !== key) made = { key, files: make(now) };
    return made.files;
  };
}

/** Pointers hold offsets into the blob until firmware adds its address. */
export function tableFiles({ dsdt, fadt, others }: TableSet): TableFiles {
  const blob: number[] = [];
  const script: number[] = [...allocate(TABLES_FILE, TABLES_ALIGNMENT, ZONE.high)];
  const place = (bytes: readonly number[]): number => {
    const at = blob.length;
    blob.push(...bytes);
    return at;
  };
  const checksum = (at: number, length: number): void => void script.push(...addChecksum(TABLES_FILE, at + CHECKSUM_OFFSET, at, length));
  const point = (at: number, size: number, target: number): void => {
    for (const [index, byte] of little(target, size).entries()) blob[at + index] = byte;
    script.push(...addPointer(TABLES_FILE, TABLES_FILE, at, size));
  };

  const facsAt = place(facs());
  const dsdtAt = place(dsdt);
  checksum(dsdtAt, dsdt.length);
  const fadtAt = place(fadt);
  point(fadtAt + FADT_FACS, 4, facsAt);
  point(fadtAt + FADT_DSDT, 4, dsdtAt);
  if (fadt.length >= FADT_X_DSDT + 8) point(fadtAt + FADT_X_DSDT, 8, dsdtAt);
  checksum(fadtAt, fadt.length);
  const listed = [fadtAt];
  for (const other of others) {
    const at = place(other);
    checksum(at, other.length);
    listed.push(at);
  }
  const rsdt = table('RSDT', 1, new Array<number>(4 * listed.length).fill(0));
  const rsdtAt = place(rsdt);
  for (const [index, at] of listed.entries()) point(rsdtAt + HEADER_BYTES + 4 * index, 4, at);
  checksum(rsdtAt, rsdt.length);

  script.push(...allocate(RSDP_FILE, RSDP_ALIGNMENT, ZONE.fSegment));
  script.push(...addPointer(RSDP_FILE, TABLES_FILE, RSDP_RSDT, 4), ...addChecksum(RSDP_FILE, RSDP_CHECKSUM, 0, RSDP_BYTES));
  const rsdp = [...ascii('RSD PTR '), 0, ...ascii('MILEPO'), 0, ...little(rsdtAt, 4)];
  return { tables: Uint8Array.from(blob), rsdp: Uint8Array.from(rsdp), loader: Uint8Array.from(script) };
}
