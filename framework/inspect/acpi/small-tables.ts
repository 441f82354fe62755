import type { ByteView } from '../byte-view';
import { decodeRows } from '../fields';
import type { Field } from '../fields';

/** IA-PC HPET specification 1.0a, 3.2.4. */
export function decodeHpet(view: ByteView): Field[] {
  return decodeRows(view, [
    { name: 'Event Timer Block ID', offset: 36, size: 4 },
    { name: 'BASE_ADDRESS', offset: 40, size: 12, as: 'gas' },
    { name: 'HPET Number', offset: 52, size: 1, as: 'number' },
    { name: 'Main Counter Minimum Clock_tick in Periodic Mode', offset: 53, size: 2, as: 'number' },
    { name: 'Page Protection And OEM Attribute', offset: 55, size: 1 },
  ]);
}

/** Windows ACPI emulated devices table. */
export function decodeWaet(view: ByteView): Field[] {
  return decodeRows(view, [{ name: 'Emulated Device Flags', offset: 36, size: 4 }]);
}

/** ACPI 6.5, table 5.12: no common header but signature and length. */
export function decodeFacs(view: ByteView): Field[] {
  return decodeRows(view, [
    { name: 'Signature', offset: 0, size: 4, as: 'text' },
    { name: 'Length', offset: 4, size: 4, as: 'number' },
    { name: 'Hardware Signature', offset: 8, size: 4 },
    { name: 'Firmware Waking Vector', offset: 12, size: 4 },
    { name: 'Global Lock', offset: 16, size: 4 },
    { name: 'Flags', offset: 20, size: 4 },
    { name: 'X_Firmware Waking Vector', offset: 24, size: 8 },
    { name: 'Version', offset: 32, size: 1, as: 'number' },
  ]);
}

/** RSDT and XSDT: `Entry[0]` … and how many. */
export function decodePointers(entryBytes: 4 | 8): (view: ByteView) => Field[] {
  return (view) => {
    const fields: Field[] = [];
    for (let at = 36, index = 0; view.has(at, entryBytes) && index < 256; at += entryBytes, index++) {
      fields.push(...decodeRows(view, [{ name: `Entry[${index}]`, offset: at, size: entryBytes }]));
    }
    return [...fields, { name: 'Entry count', value: fields.length, text: String(fields.length) }];
  };
}
