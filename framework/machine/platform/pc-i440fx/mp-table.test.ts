import { readMpTable } from '../../../inspect/mp-table';
import { mpTable } from './mp-table';

const AT = 0xf_1000;
const NIC = 3 << 3;
const POWER = (1 << 3) | 3;

function config(bdf: number, register: number): number {
  const functions: Record<number, Record<number, number>> = {
    [NIC]: { 0x00: 0x8086, 0x3c: 11, 0x3d: 1 },
    [POWER]: { 0x00: 0x8086, 0x3c: 9, 0x3d: 1 },
  };
  return functions[bdf]?.[register] ?? (register === 0 ? 0xffff : 0);
}

test('a kernel without ACPI finds CPUs, I/O APIC and the pins of PCI and ISA interrupts', () => {
  const bytes = mpTable({ apicIds: [0, 2], ioApicId: 5, signature: 0x106a5, features: 0x201, pci: { readConfig: config } }, AT);
  const table = readMpTable((gpa, length) => bytes.slice(gpa - AT, gpa - AT + length), AT);
  expect(table).toMatchObject({ floatingSum: 0, revision: 4, defaultConfiguration: 0, config: { sum: 0, lapic: 0xfee0_0000 } });
  const entries = table?.config?.entries ?? [];
  const named = (name: string): number[][] => entries.filter((entry) => entry.name === name).map((entry) => [...entry.bytes]);
  expect(named('processor').map(([, id, version, flags]) => [id, version, flags])).toEqual([
    [0, 0x14, 3],
    [2, 0x14, 1],
  ]);
  expect(named('bus').map(([, id, ...name]) => [id, String.fromCharCode(...name).trim()])).toEqual([
    [0, 'PCI'],
    [1, 'ISA'],
  ]);
  expect(named('ioapic')).toEqual([[2, 5, 0x11, 1, 0, 0, 0xc0, 0xfe]]);
  expect(named('interrupt').filter(([, , , , bus]) => bus === 0)).toEqual([
    [3, 0, 0x0d, 0, 0, (1 << 2) | 0, 5, 9],
    [3, 0, 0x0d, 0, 0, (3 << 2) | 0, 5, 11],
  ]);
  const isa = named('interrupt').filter(([, , , , bus]) => bus === 1);
  expect(isa.map((entry) => [entry[5], entry[7]])).toEqual(
    [0, 1, 3, 4, 5, 6, 7, 8, 10, 12, 13, 14, 15].map((irq) => [irq, irq === 0 ? 2 : irq]),
  );
  expect(named('local-interrupt').map((entry) => [entry[1], entry[6], entry[7]])).toEqual([
    [3, 0, 0],
    [1, 0xff, 1],
  ]);
});
