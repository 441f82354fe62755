import type { Field } from '../fields';
import { ARRAY_ADDRESS, DEVICE_ADDRESS, MEMORY_ARRAY, MEMORY_DEVICE } from './memory-types';
import { decodeSmbiosRows } from './rows';
import type { SmbiosRow } from './rows';
import type { SmbiosStructure } from './structure';
import { BASE_BOARD, BIOS_INFORMATION, CACHE, CHASSIS, PROCESSOR, SYSTEM_BOOT, SYSTEM_INFORMATION } from './system-types';

const TYPES: Readonly<Record<number, { readonly name: string; readonly rows: readonly SmbiosRow[] }>> = {
  0: { name: 'BIOS Information', rows: BIOS_INFORMATION },
  1: { name: 'System Information', rows: SYSTEM_INFORMATION },
  2: { name: 'Base Board Information', rows: BASE_BOARD },
  3: { name: 'Chassis Information', rows: CHASSIS },
  4: { name: 'Processor Information', rows: PROCESSOR },
  7: { name: 'Cache Information', rows: CACHE },
  11: { name: 'OEM Strings', rows: [] },
  16: { name: 'Physical Memory Array', rows: MEMORY_ARRAY },
  17: { name: 'Memory Device', rows: MEMORY_DEVICE },
  19: { name: 'Memory Array Mapped Address', rows: ARRAY_ADDRESS },
  20: { name: 'Memory Device Mapped Address', rows: DEVICE_ADDRESS },
  32: { name: 'System Boot Information', rows: SYSTEM_BOOT },
  127: { name: 'End Of Table', rows: [] },
};

/** What a structure type is called: `System Information`. */
export function smbiosTypeName(type: number): string {
  return TYPES[type]?.name ?? (type >= 128 ? 'OEM-specific Type' : `Type ${type}`);
}

/**
 * Fields of one structure under the names that dmidecode prints. Type 11 gives `String 1` and so on; a type that is not known
 * here gives its strings in the same way.
 */
export function decodeSmbios(structure: SmbiosStructure): Field[] {
  const known = TYPES[structure.type];
  const handle = `0x${structure.handle.toString(16).toUpperCase().padStart(4, '0')}`;
  const fields: Field[] = [{ name: 'Handle', value: structure.handle, text: handle }];
  if (known !== undefined && known.rows.length > 0) return [...fields, ...decodeSmbiosRows(structure, known.rows)];
  return [...fields, ...structure.strings.map((text, index) => ({ name: `String ${index + 1}`, value: text, text }))];
}
