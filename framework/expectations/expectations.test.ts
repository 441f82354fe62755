import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Machine } from '../machine/types';
import { readSpec } from '../spec/read-spec';
import type { ExpectationSpec } from '../spec/types';
import type { EndState } from './expectation';
import { checkAll } from './registry';

/** Memory of a guest on a real Xen, at its boot sector; not part of this repository. */
const golden = join(__dirname, '../../../shared/golden/hvm1/after');
const isThere = existsSync(golden);
const whenThere = isThere ? test : test.skip;
if (!isThere) console.log(`golden run absent (${golden}): expectations are not checked against it`);

function expectations(yaml: string): readonly ExpectationSpec[] {
  const head = 'version: 1\nname: t\nguest: { machine: pc, memory: 16MiB, firmware: { bios: ./b.bin } }\nmilestones: [post: 1]\nexpect:\n';
  const read = readSpec(head + yaml.replace(/^/gm, '  '), 'test.yaml', () => undefined);
  if (!read.ok) throw new Error(read.diagnostics.map(({ what }) => what).join('; '));
  return read.spec.expect;
}

function state(memory: Uint8Array, pieces: readonly { first: number; bytes: Uint8Array }[] = []): EndState {
  const all = [{ first: 0, bytes: memory }, ...pieces];
  return {
    machine: {} as Machine,
    tables: [],
    read: (gpa, length) => {
      const bytes = new Uint8Array(length).fill(0xff);
      for (const piece of all) {
        const from = Math.max(gpa, piece.first);
        const to = Math.min(gpa + length, piece.first + piece.bytes.length);
        if (to > from) bytes.set(piece.bytes.subarray(from - piece.first, to - piece.first), from - gpa);
      }
      return bytes;
    },
    e820: () => ({
      gpa: undefined,
      source: 'test',
      entries: [
        { first: 0, last: 0x9_fbff, type: 'ram' },
        { first: 0xfc00_0000, last: 0xfc00_afff, type: 'nvs' },
      ],
    }),
  };
}

function differences(yaml: string, end: EndState): string[] {
  return checkAll(expectations(yaml), end).flatMap((checked) =>
    checked.differences.map(({ what, expected, actual }) => `${what}: ${actual}, not ${expected}`),
  );
}

function xenGuest(): EndState {
  const pieces = readdirSync(golden)
    .filter((name) => /^mem-.*\.bin\.gz$/.test(name))
    .map((name) => ({ first: parseInt(name.slice(4, 12), 16), bytes: new Uint8Array(gunzipSync(readFileSync(join(golden, name)))) }));
  const rsdp = { first: 0xf5b50, bytes: new Uint8Array(readFileSync(join(golden, 'acpi/f5b50-RSDP.dat'))) };
  const entry = { first: 0xf5ce0, bytes: new Uint8Array(readFileSync(join(golden, 'smbios-entry.bin'))) };
  return state(new Uint8Array(0), [...pieces, rsdp, entry]);
}

whenThere('fields of a real guest’s tables hold', () => {
  const yaml = `acpi.rsdp: { checksum: valid, Revision: 2 }
acpi.facp: { checksum: valid, SCI_INT: 9, X_DSDT: { inside: e820.nvs }, RESET_REG: 0xcf9 }
acpi.apic: { "I/O APIC[0].I/O APIC Address": 0xfec00000 }
smbios.entry: { Major Version: 2, Minor Version: 4 }
smbios.type1: { Manufacturer: Xen, Product Name: HVM domU }
smbios.type17: { Size: 112 MB }
acpi.mcfg: absent`;
  expect(differences(yaml, xenGuest())).toEqual([]);
});

whenThere('a field that differs says what it is, and an unknown one what was meant', () => {
  const yaml = `acpi.facp: { SCI_INT: 11, X_DSTD: 1, DSDT: { inside: e820.ram } }
smbios.type1: { Manufacturer: QEMU }
acpi.mcfg: { checksum: valid }`;
  expect(differences(yaml, xenGuest())).toEqual([
    'acpi.facp SCI_INT: 9, not 0xb (11)',
    'acpi.facp X_DSTD: no such field; did you mean X_DSDT?, not 1',
    'acpi.facp DSDT: 0xfc00_1040, not inside an e820 range of type ram',
    'smbios.type1 Manufacturer: Xen, not "QEMU"',
    'acpi.mcfg: absent; found: acpi.rsdp, acpi.xsdt, acpi.rsdt, acpi.facp, acpi.apic, acpi.hpet, acpi.waet, acpi.ssdt, acpi.facs, acpi.dsdt, not present',
  ]);
});

test('memory is compared as bytes, text, value and fill', () => {
  const memory = new Uint8Array(0x2000);
  memory.set(Buffer.from('XenHVMSeaBIOS', 'latin1'), 0x1000);
  memory[0x1fff] = 1;
  const yaml = `memory:
  - { at: 0x1000, text: XenHVMSeaBIOS }
  - { at: 0x1003, bytes: 48 56 4d }
  - { at: 0x1003, bytes: 48 56 4e }
  - { at: 0x1000, value: 0x6558, width: 2 }
  - { at: 0x1100..0x1fff, fill: 0 }`;
  expect(differences(yaml, state(memory))).toEqual([
    'memory at 0x1003: at offset 2: 48 56 4d, not at offset 2: 48 56 4e',
    'memory at 0x1100: 0x01 at 0x1fff, not filled with 0x00',
  ]);
});

test('the memory map is compared entry by entry, or for what it must contain', () => {
  const whole =
    'e820:\n  - { range: 0x0..0x9ffff, type: ram }\n  - { range: 0xfc000000..0xfc00afff, type: nvs }\n  - { range: 0xfffc0000..0xffffffff, type: reserved }';
  expect(differences(whole, state(new Uint8Array(0)))).toEqual([
    'e820[0]: 0x0..0x9_fbff ram, not 0x0..0x9_ffff ram',
    'e820[2]: nothing, not 0xfffc_0000..0xffff_ffff reserved',
  ]);
  const part = 'e820: { contains: [ { range: 0xfc000000..0xfc00afff, type: nvs } ] }';
  expect(differences(part, state(new Uint8Array(0)))).toEqual([]);
});
