import type { FileAccess } from '../../file-access';
import type { ImageSource } from '../recipe-source';
import { recipeImage } from '../recipe-image.test-support';

const SIZES: Readonly<Record<string, number>> = { '/r/hello.efi': 5000, '/r/empty.txt': 0 };
const files: FileAccess = {
  size: (path) => SIZES[path],
  read: (_, offset, length) => Uint8Array.from({ length }, (_unused, index) => (offset + index) % 251),
  sha256: () => 'f'.repeat(64),
  list: () => [],
};

const image = (text: string): ImageSource => recipeImage(text, files);

const CONTENT = `
    files:
      - { path: EFI/BOOT/BOOTX64.EFI, file: hello.efi }
      - { path: EFI/A long name.config, file: empty.txt }
`;

function view(source: ImageSource, offset: number, length: number): DataView {
  return new DataView(source.read(offset, length).buffer);
}

/** A reader of FAT16 and FAT32 by the specification, of its own: what firmware does. */
function readFile(source: ImageSource, start: number, path: readonly string[]): Uint8Array | undefined {
  const boot = view(source, start, 512);
  const perCluster = boot.getUint8(13) * 512;
  const small = boot.getUint16(22, true);
  const fatSectors = small || boot.getUint32(36, true);
  const fatAt = start + boot.getUint16(14, true) * 512;
  const rootAt = fatAt + 2 * fatSectors * 512;
  const rootBytes = boot.getUint16(17, true) * 32;
  const cluster = (number: number): number => rootAt + rootBytes + (number - 2) * perCluster;
  const chain = (first: number): number[] => {
    const found: number[] = [];
    const end = small ? 0xfff8 : 0x0fff_fff8;
    for (let at = first; at >= 2 && at < end;) {
      found.push(at);
      at = small ? view(source, fatAt + at * 2, 2).getUint16(0, true) : view(source, fatAt + at * 4, 4).getUint32(0, true);
    }
    return found;
  };
  const content = (first: number): Uint8Array => Uint8Array.from(chain(first).flatMap((at) => [...source.read(cluster(at), perCluster)]));
  let directory = small ? source.read(rootAt, rootBytes) : content(2);
  for (const [index, name] of path.entries()) {
    const at = Array.from({ length: directory.length / 32 }, (_, entry) => entry * 32).find(
      (offset) => directory[offset + 11] !== 0x0f && String.fromCharCode(...directory.subarray(offset, offset + 11)) === name,
    );
    if (at === undefined) return undefined;
    const entry = new DataView(directory.buffer, at, 32);
    const first = entry.getUint16(20, true) * 0x1_0000 + entry.getUint16(26, true);
    if (index === path.length - 1) return content(first).subarray(0, entry.getUint32(28, true));
    directory = content(first);
  }
  return undefined;
}

test.each([
  ['FAT16', 131_072],
  ['FAT32', 1_100_000],
])('a file of a %s volume is found by its short names, whole, wherever the volume begins', (kind, sectors) => {
  const source = image(`size: 1GiB\nfat-file-systems:\n  - lba: 2048\n    sectors: ${sectors}${CONTENT}`);
  const start = 2048 * 512;
  expect(String.fromCharCode(...source.read(start + (kind === 'FAT32' ? 82 : 54), 8)).trim()).toBe(kind);
  expect(view(source, start, 512).getUint16(510, true)).toBe(0xaa55);
  expect(view(source, start, 512).getUint32(28, true)).toBe(2048);
  const found = readFile(source, start, ['EFI        ', 'BOOT       ', 'BOOTX64 EFI']);
  expect(found).toEqual(Uint8Array.from({ length: 5000 }, (_, index) => index % 251));
  expect(readFile(source, start, ['EFI        ', 'ALONGN~1CON'])).toHaveLength(0);
  expect(readFile(source, start, ['BOOT       '])).toBeUndefined();
});

test('a diskette of 1.44 MB is FAT12 as DOS formats it', () => {
  const boot = view(image(`size: 1440KiB\nfat-file-systems:\n  - lba: 0\n    sectors: 2880${CONTENT}`), 0, 1536);
  expect([13, 16, 21].map((at) => boot.getUint8(at))).toEqual([1, 2, 0xf0]);
  expect([17, 19, 22, 24, 26].map((at) => boot.getUint16(at, true))).toEqual([224, 2880, 9, 18, 2]);
  expect([512, 513, 514].map((at) => boot.getUint8(at))).toEqual([0xf0, 0xff, 0xff]);
});

test('the long name stands before the short one, last part first, with its checksum', () => {
  const source = image(
    `size: 4MiB\nfat-file-systems:\n  - { lba: 0, sectors: 8192, files: [ { path: A long name.config, file: empty.txt } ] }`,
  );
  const layout = view(source, 0, 512);
  const root = (layout.getUint16(14, true) + 2 * layout.getUint16(22, true)) * 512;
  const entries = source.read(root + 32, 96);
  expect([entries[0], entries[32]]).toEqual([0x42, 0x01]);
  expect(entries[13]).toBe(entries[45]);
  expect(String.fromCharCode(...entries.subarray(64, 75))).toBe('ALONGN~1CON');
});

test.each([
  ['sectors: 4096, files: [ { path: a/b, file: empty.txt }, { path: A/B, file: empty.txt } ]', 'is there twice'],
  ['sectors: 4096, files: [ { path: a } ]', 'one of file, image and ramdisk'],
  ['sectors: 4096, files: [ { path: ../a, file: empty.txt } ]', 'not a path'],
  ['sectors: 16, files: [ { path: a, file: hello.efi } ]', 'no FAT fits'],
  ['sectors: 40, files: [ { path: a, file: hello.efi } ]', 'do not fit'],
  ['sectors: 99999', 'past the end'],
])('refused: %s', (text, what) => expect(() => image(`size: 4MiB\nfat-file-systems: [ { lba: 0, ${text} } ]`)).toThrow(what));
