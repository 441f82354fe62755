import { hex } from '../quantities/hex';
import type { FoundTable, RunResult } from '../run/result';
import { hexDump } from './hex-dump';

/** A found table as a file: `acpi/facp.aml`, `smbios.bin`. */
export interface TableFile {
  readonly name: string;
  readonly contents: Uint8Array;
}

/** The tables as files: ACPI under acpi/, one a table (a second SSDT is ssdt2.aml); the others as `<name>.bin`. */
export function tableFiles(tables: readonly FoundTable[]): TableFile[] {
  const used = new Map<string, number>();
  return tables.map(({ table, bytes }) => {
    const count = (used.get(table) ?? 0) + 1;
    used.set(table, count);
    const safe = table.replace(/^acpi\./, '').replace(/[^a-z0-9_-]/gi, '_') + (count > 1 ? String(count) : '');
    return { name: table.startsWith('acpi.') ? `acpi/${safe}.aml` : `${safe}.bin`, contents: bytes };
  });
}

/** The ACPI tables as acpidump writes them: acpixtract and iasl read it back. */
export function acpidumpText(tables: readonly FoundTable[]): string {
  return tables
    .filter(({ table }) => table.startsWith('acpi.'))
    .map(({ table, gpa, bytes }) => {
      const signature = table === 'acpi.rsdp' ? 'RSD PTR ' : Array.from(bytes.subarray(0, 4), (byte) => String.fromCharCode(byte)).join('');
      const address = gpa.toString(16).toUpperCase().padStart(16, '0');
      return `${signature.trimEnd()} @ 0x${address}\n${hexDump(bytes).join('\n')}\n\n`;
    })
    .join('');
}

/** One row a table: name, where, how long, checksum. */
export function tableRows(result: RunResult): readonly (readonly string[])[] {
  return result.tables.map(({ table, gpa, length, checksum, sum, oemId, revision }) => [
    table,
    hex(gpa),
    String(length),
    checksum === 'none' ? 'no checksum' : checksum === 'valid' ? 'valid' : `invalid: sums to ${hex(sum, 2)}`,
    [...(oemId === undefined ? [] : [oemId.trim()]), ...(revision === undefined ? [] : [`revision ${revision}`])].join(', '),
  ]);
}
