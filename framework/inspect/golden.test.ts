import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { acpiName, decodeAcpi } from './acpi/decode';
import { acpiTable } from './acpi/table';
import { readAcpiTable, walkAcpi } from './acpi/walk';
import type { MemoryReader } from './byte-view';
import { findField } from './fields';
import { readHvmInfo } from './hvm-info';
import { readMpTable } from './mp-table';
import { parsePir } from './pir';
import { decodeSmbios, smbiosTypeName } from './smbios/decode';
import { isSmbiosComplete, readSmbiosEntry, splitSmbios } from './smbios/structure';

/** Memory and tables of a guest on a real Xen; not part of this repository. */
const golden = join(__dirname, '../../../shared/golden/hvm1/after');
const isThere = existsSync(golden);
const whenThere = isThere ? test : test.skip;
if (!isThere) console.log(`golden run absent (${golden}): its tables are not compared`);

const pieces = isThere
  ? readdirSync(golden)
      .filter((name) => /^mem-.*\.bin\.gz$/.test(name))
      .map((name) => ({ first: parseInt(name.slice(4, 12), 16), bytes: new Uint8Array(gunzipSync(readFileSync(join(golden, name)))) }))
  : [];

const read: MemoryReader = (gpa, length) => {
  const bytes = new Uint8Array(length).fill(0xff);
  for (const piece of pieces) {
    const from = Math.max(gpa, piece.first);
    const to = Math.min(gpa + length, piece.first + piece.bytes.length);
    if (to > from) bytes.set(piece.bytes.subarray(from - piece.first, to - piece.first), from - gpa);
  }
  return bytes;
};

whenThere('every ACPI table of a real Xen guest is found from its XSDT, with a valid checksum', () => {
  const rsdpBytes = new Uint8Array(readFileSync(join(golden, 'acpi/f5b50-RSDP.dat')));
  const withRsdp: MemoryReader = (gpa, length) => (gpa === 0xf5b50 ? rsdpBytes.slice(0, length) : read(gpa, length));
  const tables = walkAcpi(withRsdp, 0xf5b50);
  expect(tables.map(acpiName).sort()).toEqual(
    [
      'acpi.rsdp',
      'acpi.rsdt',
      'acpi.xsdt',
      'acpi.facp',
      'acpi.facp',
      'acpi.facs',
      'acpi.dsdt',
      'acpi.apic',
      'acpi.hpet',
      'acpi.waet',
      'acpi.ssdt',
      'acpi.ssdt',
    ].sort(),
  );
  expect(tables.filter(({ hasChecksum, sum }) => hasChecksum && sum !== 0)).toEqual([]);
  for (const name of readdirSync(join(golden, 'acpi'))) {
    const at = /-([0-9a-f]+)\.dat$/.exec(name);
    if (!at) continue;
    const table = tables.find(({ gpa }) => gpa === parseInt(at[1] ?? '', 16));
    expect(Buffer.from(table?.bytes ?? []).equals(readFileSync(join(golden, 'acpi', name)))).toBe(true);
  }
});

whenThere('FADT and MADT fields carry the names of the ACPI specification', () => {
  const fadt = decodeAcpi(readAcpiTable(read, 0xfc00a370)!);
  const values = ['SCI_INT', 'PM_TMR_BLK', 'x_dsdt', 'RESET_REG', 'RESET_VALUE', 'OEMID', 'IAPC_BOOT_ARCH'].map(
    (name) => findField(fadt, name)?.value,
  );
  expect(values).toEqual([9, 0xb008, 0xfc001040, 0xcf9, 6, 'Xen', 2]);
  const madt = decodeAcpi(readAcpiTable(read, 0xfc00a470)!);
  expect(findField(madt, 'Interrupt Source Override[0].Global System Interrupt')?.value).toBe(2);
  expect(findField(madt, 'I/O APIC[0].I/O APIC Address')?.value).toBe(0xfec0_0000);
  const first = decodeAcpi(readAcpiTable(read, 0xfc00a2f0)!);
  expect(findField(first, 'X_DSDT')).toBeUndefined();
});

whenThere('SMBIOS structures read as dmidecode prints them', () => {
  const entryBytes = new Uint8Array(readFileSync(join(golden, 'smbios-entry.bin')));
  const entry = readSmbiosEntry((gpa, length) => (gpa === 0xf5b80 ? entryBytes.slice(0, length) : read(gpa, length)), 0xf5b80)!;
  expect(entry.sum).toBe(0);
  const table = read(entry.tableGpa, entry.tableBytes);
  expect(isSmbiosComplete(entry, table)).toBe(true);
  const printed = readFileSync(join(golden, 'dmidecode.txt'), 'utf8').split(/\n\n/).slice(1);
  const structures = splitSmbios(table, entry.count);
  expect(structures).toHaveLength(11);
  structures.forEach((structure, index) => {
    const [, title = '', ...lines] = (printed[index] ?? '').split('\n').filter((line) => !/^\t\t/.test(line));
    const theirs = new Map(lines.map((line) => line.trim().split(/: ?/) as [string, string]));
    const ours = decodeSmbios(structure);
    if (structure.type === 127) return;
    expect(title).toBe(smbiosTypeName(structure.type));
    for (const { name, text } of ours) {
      // dmidecode prints bit fields as lists and the UUID in the order that the table's version asks for.
      if (['Handle', 'Characteristics', 'UUID (mixed-endian)'].includes(name)) continue;
      expect(`${title}/${name}: ${text}`).toBe(`${title}/${name}: ${theirs.get(name) ?? '(absent)'}`);
    }
  });
});

whenThere('hvm_info has its checksum, and the MP table its entries', () => {
  expect(readHvmInfo(read)?.sum).toBe(0);
  expect(findField(readHvmInfo(read)!.fields, 'low_mem_pgend')?.value).toBe(0x7000);
  const mp = readMpTable(read, 0xfc100150);
  expect(mp?.floatingSum).toBe(0);
  expect(mp?.config?.sum).toBe(0);
  expect(mp?.config?.productId).toBe('XEN');
});

test('bytes that are no table give nothing, and wild lengths end', () => {
  const noise = Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) & 0xff);
  const everywhere: MemoryReader = (_gpa, length) => noise.slice(0, Math.min(length, noise.length));
  expect(walkAcpi(everywhere, 0x1000)).toEqual([]);
  expect(readSmbiosEntry(everywhere, 0)).toBeUndefined();
  expect(parsePir(noise)).toBeUndefined();
  expect(splitSmbios(noise).length).toBeLessThan(100);
  const header = Buffer.from('XSDT\0\0\0\0\x01\0'.padEnd(36, '\0'), 'latin1');
  header.writeUInt32LE(36 + 8 * 1000, 4);
  const endless: MemoryReader = (_gpa, length) => {
    const bytes = new Uint8Array(length);
    bytes.set(Buffer.from('RSD PTR \0ABCDEF\x02', 'latin1').subarray(0, length));
    if (length > 36) bytes.set(header.subarray(0, Math.min(length, 36)));
    return bytes;
  };
  expect(walkAcpi(endless, 0x1000).length).toBeLessThanOrEqual(256);
  expect(decodeAcpi(acpiTable(0, Uint8Array.from([0x46, 0x41])))).toEqual([]);
});
