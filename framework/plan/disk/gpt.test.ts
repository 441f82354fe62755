import { efiSystemFiles } from '../../inspect/efi-system-files';
import { parseMbr, readGpt } from '../../inspect/partition-table';
import { crc32 } from '../../quantities/crc32';
import type { FileAccess } from '../file-access';
import type { ImageSource } from './recipe-source';
import { recipeImage } from './recipe-image.test-support';

const SECTORS = 4 * 2048;
const files: FileAccess = {
  size: (path) => (path === '/r/a.efi' ? 3000 : path === '/r/empty' ? 0 : undefined),
  read: (_, offset, length) => Uint8Array.from({ length }, (_unused, index) => (offset + index) % 251),
  sha256: () => 'f'.repeat(64),
  list: () => [],
};

const image = (text: string): ImageSource => recipeImage(`size: 4MiB\n${text}`, files);

const sectorsOf = (source: ImageSource) => (lba: number, count: number) => source.read(lba * 512, count * 512);

const DISK = `gpt:
  - { first: 34, sectors: 100, type: bios-boot }
  - { first: 2048, sectors: 4096, type: efi, name: System, guid: 01234567-89ab-cdef-0123-456789abcdef }
fat-file-systems:
  - lba: 2048
    sectors: 4096
    files: [ { path: EFI/BOOT/BOOTX64.EFI, file: a.efi }, { path: EFI/A long name.efi, file: a.efi }, { path: none, file: empty } ]
`;

test('the table lists its partitions, and an old MBR reader sees one that covers all', () => {
  const read = sectorsOf(image(DISK));
  expect(parseMbr(read(0, 1))).toMatchObject({ isProtective: true, partitions: [{ firstLba: 1, sectors: SECTORS - 1 }] });
  expect(readGpt(read)).toEqual([
    expect.objectContaining({ number: 1, type: '21686148-6449-6e6f-744e-656564454649', firstLba: 34, lastLba: 133, name: '' }),
    {
      number: 2,
      type: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
      guid: '01234567-89ab-cdef-0123-456789abcdef',
      firstLba: 2048,
      lastLba: 6143,
      name: 'System',
    },
  ]);
});

test.each([
  ['front', 1, SECTORS - 1, 2],
  ['back', SECTORS - 1, 1, SECTORS - 33],
])('the header in %s checks, and so does its table', (_name, at, other, tableAt) => {
  const read = sectorsOf(image(DISK));
  const header = read(at, 1).slice(0, 92);
  const view = new DataView(header.buffer);
  const sum = view.getUint32(16, true);
  view.setUint32(16, 0, true);
  expect(crc32(header)).toBe(sum);
  expect([24, 32, 40, 48, 72].map((offset) => Number(view.getBigUint64(offset, true)))).toEqual([at, other, 34, SECTORS - 34, tableAt]);
  expect(crc32(read(tableAt, 32))).toBe(view.getUint32(88, true));
});

test('firmware’s way to a file: table, FAT, directories; empty files have no place', () => {
  const read = sectorsOf(image(DISK));
  const found = efiSystemFiles(read);
  expect(found.map(({ partition, path, sizeBytes }) => [partition, path, sizeBytes])).toEqual([
    [2, 'EFI/A long name.efi', 3000],
    [2, 'EFI/BOOT/BOOTX64.EFI', 3000],
  ]);
  for (const { lba } of found) expect([...read(lba, 1).subarray(0, 3)]).toEqual([0, 1, 2]);
});

test.each([
  ['gpt: [ { first: 33, sectors: 1, type: efi } ]', 'lies within sectors 34 to 8158'],
  ['gpt: [ { first: 8000, sectors: 200, type: efi } ]', 'lies within sectors'],
  ['gpt: [ { first: 34, sectors: 0, type: efi } ]', 'has one at least'],
  ['gpt: [ { first: 34, sectors: 2, type: efi }, { first: 35, sectors: 1, type: linux } ]', 'overlaps'],
  ['gpt: [ { first: 34, sectors: 2, type: esp } ]', 'is no UUID'],
  ['gpt: []\npartitions: []', 'either partitions or gpt'],
])('refused: %s', (text, what) => expect(() => image(text)).toThrow(what));

test('CRC-32 has its published check value', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf4_3926);
});
