import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDirectory, planSpecFile } from './plan-spec-file';
import type { RunResult } from './result';
import { runPlan } from './run-plan';

const LOADER = readFileSync(join(packageDirectory(), 'firmware/reference/bin/reference-broken-null-jump.elf'));
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'milepost-bad-'));
  mkdirSync(join(root, 'specs'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Outcome, diagnostics as lines, and the place of the first. */
interface Told {
  readonly outcome: RunResult['outcome'] | 'not planned';
  readonly what: string;
  readonly place: string | undefined;
}

function runSpec(guest: string): Told {
  const path = join(root, 'specs/bad.yaml');
  writeFileSync(path, `version: 1\nname: bad\nguest: ${guest}\nbudget: 200k instructions\nmilestones:\n  - serial: X\n`);
  const planned = planSpecFile(path, { root });
  const { outcome, diagnostics } = planned.ok ? runPlan(planned.plan).result : { outcome: 'not planned' as const, ...planned };
  const [first] = diagnostics;
  const place = first?.span && `${first.span.line}:${first.span.column}`;
  return { outcome, what: diagnostics.map(({ code, what }) => `${code}: ${what}`).join('; '), place };
}

const u32 = (at: number, value: number) => (bytes: Buffer) => bytes.writeUInt32LE(value >>> 0, at);
const u16 = (at: number, value: number) => (bytes: Buffer) => bytes.writeUInt16LE(value, at);
const SEGMENT = LOADER.readUInt32LE(28);

test.each<readonly [string, (bytes: Buffer) => unknown, RegExp]>([
  ['program headers far outside', u32(28, 0xffff_fff0), /program header table runs past the end/],
  ['program headers that begin in the file and end outside', u32(28, LOADER.length - 4), /program header table runs past the end/],
  ['65535 program headers', u16(44, 0xffff), /65535 program headers/],
  ['no program header', u16(44, 0), /no program headers/],
  ['program headers of no bytes', u16(42, 0), /program headers of 0 bytes/],
  ['a segment outside of the file', u32(SEGMENT + 4, 0xffff_ff00), /segment 0 ends at byte \d+ of/],
  ['a segment of 4 GiB in the file', u32(SEGMENT + 16, 0xffff_ffff), /segment 0 ends at byte|p_filesz/],
  ['a segment of 4 GiB in memory', u32(SEGMENT + 20, 0xffff_ffff), /segment 0 would end at/],
  ['a segment at the end of memory', u32(SEGMENT + 12, 0xffff_f000), /segment 0 would end at/],
  ['the other byte order', (bytes) => bytes.writeUInt8(2, 5), /little-endian/],
  ['64 bits', (bytes) => bytes.writeUInt8(2, 4), /64-bit/],
])('a loader with %s is refused, at its place in the spec', (_name, spoil, reason) => {
  const bytes = Buffer.from(LOADER);
  spoil(bytes);
  writeFileSync(join(root, 'bad.elf'), bytes);
  const told = runSpec('{ machine: xen-hvm, memory: 64MiB, firmware: { loader: ../bad.elf, bios: reference-bios } }');
  expect(told.what).toMatch(reason);
  expect(told.what).toMatch(/^image-bad: no guest can be built: hvmloader/);
  expect(told).toMatchObject({ outcome: 'could-not-run', place: expect.stringMatching(/^3:\d\d$/) });
});

test.each([0xffff_ffff, 0, 0xf_0000])('a loader that is entered at 0x%s ends as guests end', (entry) => {
  const bytes = Buffer.from(LOADER);
  bytes.writeUInt32LE(entry, 24);
  writeFileSync(join(root, 'bad.elf'), bytes);
  const { outcome } = runSpec('{ machine: xen-hvm, memory: 64MiB, firmware: { loader: ../bad.elf, bios: reference-bios } }');
  expect(outcome).toMatch(/^(guest-crash|hang|budget)$/);
});

test.each(['pc', 'q35', 'xen-hvm'])(
  'firmware of any size on %s runs, or is refused',
  (machine) => {
    for (const size of [0, 1, 3, 511, 65_537, 262_143, 2 ** 20 + 1, 2 ** 24, 2 ** 26]) {
      writeFileSync(join(root, 'bios.bin'), Uint8Array.of(0xf4));
      truncateSync(join(root, 'bios.bin'), size);
      const { outcome, what } = runSpec(`{ machine: ${machine}, memory: 64MiB, firmware: { ${loader(machine)} bios: ../bios.bin } }`);
      if (size === 0) expect(what).toMatch(/is empty/);
      else if (size > 2 ** 24) expect(what).toMatch(/larger than 16MiB/);
      else expect([size, outcome, what]).toEqual([size, expect.stringMatching(/^(guest-crash|hang|budget)$/), expect.any(String)]);
    }
  },
  60_000,
);

const loader = (machine: string): string => (machine === 'xen-hvm' ? 'loader: reference-loader,' : '');

test.each([
  [0, /is empty/],
  [1, /not a whole number of sectors/],
  [511, /not a whole number of sectors/],
  [513, /not a whole number of sectors/],
])('a disk image of %d bytes is refused at its place', (size, reason) => {
  writeFileSync(join(root, 'disk.img'), new Uint8Array(size));
  const told = runSpec('{ machine: pc, firmware: { bios: reference-bios }, disks: { hda: ../disk.img } }');
  expect(told.what).toMatch(reason);
  expect(told).toMatchObject({ outcome: 'not planned', place: expect.stringMatching(/^3:\d\d$/) });
});

test.each(['/dev/zero', '../specs', '/proc/self/mem'])('%s is no firmware, disk or kernel, and nothing is read for ever', (path) => {
  for (const guest of [
    `{ machine: pc, firmware: { bios: ${path} } }`,
    `{ machine: pc, disks: { hda: ${path} } }`,
    `{ machine: pc, kernel: ${path} }`,
  ]) {
    const { outcome, what } = runSpec(guest);
    expect([guest, what]).toEqual([guest, expect.stringMatching(/^(file-missing|image-bad|firmware-missing): /)]);
    expect(outcome).toMatch(/not planned|could-not-run/);
  }
});
