import { ByteView } from '../byte-view';
import type { MemoryReader } from '../byte-view';
import { readRsdp } from './rsdp';
import { ACPI_HEADER_BYTES, acpiTable, isAcpiHeader } from './table';
import type { AcpiTable } from './table';

/** Most tables that a walk follows: hostile pointers cannot make it long. */
const TABLES_MAX = 256;

/**
 * Every table that a root pointer leads to, the root pointer first: RSDT and XSDT, what they list, and the FACS and DSDT
 * that each FADT names. A pointer that leads to no table is left out; each address is visited once.
 */
export function walkAcpi(read: MemoryReader, rsdpGpa: number): AcpiTable[] {
  const rsdp = readRsdp(read, rsdpGpa);
  if (rsdp === undefined) return [];
  const view = new ByteView(rsdp.bytes);
  const tables: AcpiTable[] = [rsdp];
  // XSDT first, so that of two FADTs the one that an OS uses comes first.
  const queue = [view.has(24, 8) ? view.uint(24, 8) : 0, view.u32(16)];
  const seen = new Set<number>([0]);
  for (let next = queue.shift(); next !== undefined && tables.length < TABLES_MAX; next = queue.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const table = readAcpiTable(read, next);
    if (table === undefined) continue;
    tables.push(table);
    queue.push(...pointersOf(table));
  }
  return tables;
}

/** The table at `gpa`; undefined when there is none. */
export function readAcpiTable(read: MemoryReader, gpa: number): AcpiTable | undefined {
  if (gpa === 0 || gpa >= 2 ** 52) return undefined;
  const header = new ByteView(read(gpa, ACPI_HEADER_BYTES));
  return isAcpiHeader(header) ? acpiTable(gpa, read(gpa, header.u32(4))) : undefined;
}

function pointersOf({ signature, bytes }: AcpiTable): number[] {
  const view = new ByteView(bytes);
  const entryBytes = signature === 'RSDT' ? 4 : signature === 'XSDT' ? 8 : 0;
  const pointers: number[] = [];
  if (entryBytes > 0) {
    for (let at = ACPI_HEADER_BYTES; view.has(at, entryBytes) && pointers.length < TABLES_MAX; at += entryBytes) {
      pointers.push(view.uint(at, entryBytes));
    }
  } else if (signature === 'FACP') {
    pointers.push(view.u32(36), view.u32(40));
    if (view.has(132, 16)) pointers.push(view.uint(132, 8), view.uint(140, 8));
  }
  return pointers;
}
