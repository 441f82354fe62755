import { ByteView } from '../byte-view';
import { decodeRows } from '../fields';
import type { Field, FieldRow } from '../fields';

interface Structure {
  readonly name: string;
  readonly rows: readonly FieldRow[];
}

/** ACPI 6.5, 5.2.12.2 and following: interrupt controller structures by type. */
const STRUCTURES: Readonly<Record<number, Structure>> = {
  0: {
    name: 'Processor Local APIC',
    rows: [
      { name: 'ACPI Processor UID', offset: 2, size: 1, as: 'number' },
      { name: 'APIC ID', offset: 3, size: 1, as: 'number' },
      { name: 'Flags', offset: 4, size: 4 },
    ],
  },
  1: {
    name: 'I/O APIC',
    rows: [
      { name: 'I/O APIC ID', offset: 2, size: 1, as: 'number' },
      { name: 'I/O APIC Address', offset: 4, size: 4 },
      { name: 'Global System Interrupt Base', offset: 8, size: 4, as: 'number' },
    ],
  },
  2: {
    name: 'Interrupt Source Override',
    rows: [
      { name: 'Bus', offset: 2, size: 1, as: 'number' },
      { name: 'Source', offset: 3, size: 1, as: 'number' },
      { name: 'Global System Interrupt', offset: 4, size: 4, as: 'number' },
      { name: 'Flags', offset: 8, size: 2 },
    ],
  },
  3: { name: 'NMI Source', rows: [{ name: 'Global System Interrupt', offset: 4, size: 4, as: 'number' }] },
  4: {
    name: 'Local APIC NMI',
    rows: [
      { name: 'ACPI Processor UID', offset: 2, size: 1, as: 'number' },
      { name: 'Flags', offset: 3, size: 2 },
      { name: 'Local APIC LINT#', offset: 5, size: 1, as: 'number' },
    ],
  },
  5: { name: 'Local APIC Address Override', rows: [{ name: 'Local APIC Address', offset: 4, size: 8 }] },
  9: {
    name: 'Processor Local x2APIC',
    rows: [
      { name: 'X2APIC ID', offset: 4, size: 4, as: 'number' },
      { name: 'Flags', offset: 8, size: 4 },
      { name: 'ACPI Processor UID', offset: 12, size: 4, as: 'number' },
    ],
  },
};

const FIRST_STRUCTURE = 44;

/** Body of the MADT (`APIC`): fixed fields; each structure's fields as `Processor Local APIC[0].APIC ID`; and how many of each. */
export function decodeMadt(view: ByteView): Field[] {
  const fields = decodeRows(view, [
    { name: 'Local Interrupt Controller Address', offset: 36, size: 4 },
    { name: 'Flags', offset: 40, size: 4 },
  ]);
  const counts = new Map<string, number>();
  let at = FIRST_STRUCTURE;
  while (view.has(at, 2)) {
    const length = view.u8(at + 1);
    if (length < 2) break;
    const structure = STRUCTURES[view.u8(at)] ?? { name: `Type ${view.u8(at)}`, rows: [] };
    const index = counts.get(structure.name) ?? 0;
    counts.set(structure.name, index + 1);
    const inner = decodeRows(new ByteView(view.slice(at, length)), structure.rows);
    fields.push(...inner.map((field) => ({ ...field, name: `${structure.name}[${index}].${field.name}` })));
    at += length;
  }
  for (const [name, count] of counts) fields.push({ name: `${name} count`, value: count, text: String(count) });
  return fields;
}
