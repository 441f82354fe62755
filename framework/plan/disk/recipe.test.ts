import type { FileAccess } from '../file-access';
import type { ImageSource } from './recipe-source';
import { recipeImage } from './recipe-image.test-support';

const files: FileAccess = {
  size: (path) => (path === '/r/boot.bin' ? 512 : undefined),
  read: (_, offset, length) => new Uint8Array(Math.min(length, 512 - offset)).fill(0xeb),
  sha256: () => 'f'.repeat(64),
  list: () => [],
};

const image = (text: string): ImageSource => recipeImage(text, files, { roots: ['/'] });

test('a file may lie anywhere: its path is relative to the recipe', () => {
  expect([...image('size: 512B\ncontent: [ { lba: 0, file: ../x/../r/boot.bin } ]\n').read(0, 2)]).toEqual([0xeb, 0xeb]);
});

test('sectors of a pattern hold their own numbers, far away too, whatever the read begins with', () => {
  const disk = image('size: 16TiB\ncontent: [ { lba: 1..34359738367, fill: lba }, { lba: 0, file: boot.bin } ]\n');
  const lba = 2 ** 33 + 5;
  const two = disk.read(lba * 512 - 8, 16);
  expect(new DataView(two.buffer).getBigUint64(0, true)).toBe(BigInt(lba - 1));
  expect(new DataView(two.buffer).getBigUint64(8, true)).toBe(BigInt(lba));
  expect([...disk.read(510, 4)]).toEqual([0xeb, 0xeb, 1, 0]);
});

test('partitions lie over the boot sector', () => {
  const disk = image(
    'size: 4MiB\ncontent: [ { lba: 0, file: boot.bin } ]\npartitions: [ { first: 2048, sectors: 4096, type: 0x0c, active: on } ]\n',
  );
  expect([...disk.read(446, 17)]).toEqual([0x80, 0xfe, 0xff, 0xff, 0x0c, 0xfe, 0xff, 0xff, 0, 8, 0, 0, 0, 16, 0, 0, 0xeb]);
});

test.each([
  ['size: 1000B', 'whole number of sectors'],
  ['size: 0B', 'whole number of sectors'],
  ['size: 512B\ncontent: [ { lba: 1, file: boot.bin } ]', 'past the end'],
  ['size: 512B\ncontent: [ { lba: 0..1, fill: ff } ]', 'past the end'],
  ['size: 1KiB\ncontent: [ { lba: 0 } ]', 'one of file, image and fill'],
  ['size: 1KiB\ncontent: [ { lba: 0, file: none.bin } ]', 'cannot read none.bin'],
  ['size: 512B\ncontent: [ { lba: 0, image: nothing } ]', 'no firmware is called "nothing"'],
  ['size: 1KiB\npartitions: [ { first: 1, sectors: 0, type: 1 } ]', 'empty'],
  ['size: 1KiB\ncontents: []', 'no key "contents"'],
  ['size: 1KiB\ncontent: boot.bin', 'expected a list'],
  ['size: 1KiB\ncontent: [ boot.bin ]', 'expected a map of lba'],
  ['size: 4MiB\nfat-file-systems: [ { lba: 0, sectors: 8192, files: [ boot.bin ] } ]', 'expected a map of path'],
  ['size: 4MiB\next2-file-systems: [ { lba: 0, sectors: 8192, extlinux: on } ]', 'expected a map of loader'],
])('refused: %s', (text, what) => expect(() => image(text)).toThrow(what));
