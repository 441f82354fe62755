import { readRsdp, RSDP_SIGNATURE } from '../inspect/acpi/rsdp';
import type { AcpiTable } from '../inspect/acpi/table';
import { walkAcpi } from '../inspect/acpi/walk';
import { ByteView, latin1 } from '../inspect/byte-view';
import type { MemoryReader } from '../inspect/byte-view';
import { readSmbiosEntry, SMBIOS2_ANCHOR, SMBIOS3_ANCHOR } from '../inspect/smbios/structure';
import type { SmbiosEntry } from '../inspect/smbios/structure';
import type { EndState } from './expectation';

const EBDA_SEGMENT_GPA = 0x40e;
const ROM_AREA = 0xe_0000;
const ROM_AREA_BYTES = 0x2_0000;
const SMBIOS_AREA = 0xf_0000;

/** Addresses of a text on a 16-byte boundary, ascending. */
function anchors(read: MemoryReader, gpa: number, length: number, text: string): number[] {
  const bytes = latin1(read(gpa, length));
  const found: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) if (at % 16 === 0) found.push(gpa + at);
  return found;
}

/**
 * ACPI tables as an OS finds them (ACPI 6.5, 5.2.5.1): an RSDP in the first KiB of the EBDA or at E0000h-FFFFFh; failing that,
 * one that was placed elsewhere during the run (before the firmware has copied it).
 */
export function findAcpi({ read, tables }: EndState): AcpiTable[] {
  const ebda = new ByteView(read(EBDA_SEGMENT_GPA, 2)).u16(0) * 16;
  const places = [
    ...(ebda >= 0x400 && ebda < 0xa_0000 ? anchors(read, ebda, 1024, RSDP_SIGNATURE) : []),
    ...anchors(read, ROM_AREA, ROM_AREA_BYTES, RSDP_SIGNATURE),
    ...tables.filter(({ table }) => table === 'acpi.rsdp').map(({ gpa }) => gpa),
  ];
  const valid = places.find((gpa) => readRsdp(read, gpa)?.sum === 0) ?? places[0];
  return valid === undefined ? [] : walkAcpi(read, valid);
}

/** SMBIOS as an OS finds it (SMBIOS 3.7, 5.2): the 64-bit entry point first, at F0000h-FFFFFh; failing that, one placed elsewhere. */
export function findSmbios({ read, tables }: EndState): SmbiosEntry | undefined {
  const places = [
    ...anchors(read, SMBIOS_AREA, 0x1_0000, SMBIOS3_ANCHOR),
    ...anchors(read, SMBIOS_AREA, 0x1_0000, SMBIOS2_ANCHOR),
    ...tables.filter(({ table }) => table === 'smbios').map(({ gpa }) => gpa),
  ];
  const entries = places.map((gpa) => readSmbiosEntry(read, gpa)).filter((entry) => entry !== undefined);
  return entries.find(({ sum }) => sum === 0) ?? entries[0];
}
