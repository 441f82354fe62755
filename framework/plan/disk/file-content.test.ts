import type { FileAccess } from '../file-access';
import { archiveBytes, buildArchive } from '../kernel/archive';
import type { ArchiveEntry } from '../types';
import type { ImageSource } from './recipe-source';
import { recipeImage } from './recipe-image.test-support';

const TEXTS: Readonly<Record<string, string>> = {
  '/p/ramdisks/tiny/recipe.yaml': `description: tiny
entries:
  - { path: dev }
  - { path: dev/console, device: char, major: 5, minor: 1, mode: 600 }
  - { path: greeting, file: greeting.txt, mode: 644 }
  - { path: hello, link: greeting }
`,
  '/p/ramdisks/tiny/greeting.txt': 'Hello from the RAM disk.\n',
  '/p/disk-images/x/initrd.img': 'packed elsewhere',
};
const files: FileAccess = {
  size: (path) => (TEXTS[path] === undefined ? undefined : TEXTS[path].length),
  read: (path, offset, length) => new TextEncoder().encode(TEXTS[path]).slice(offset, offset + length),
  sha256: () => 'f'.repeat(64),
  list: () => [],
};
const read = ({ path, sizeBytes }: { readonly path: string; readonly sizeBytes: number }): Uint8Array => files.read(path, 0, sizeBytes);

const image = (text: string): ImageSource => recipeImage(text, files, { path: '/p/disk-images/x/recipe.yaml', roots: ['/p'] });

const disk = (file: string): string => `size: 1440KiB\nfat-file-systems: [ { lba: 0, sectors: 2880, files: [ ${file} ] } ]\n`;
const cd = (file: string, more = ''): string => `iso:\n  files: [ ${file} ]\n${more}`;

function textOf(source: ImageSource): string {
  return String.fromCharCode(...source.read(0, Math.min(source.sizeBytes, 0x1_0000)));
}

test.each([
  ['disk', disk('{ path: initrd.img, ramdisk: tiny }')],
  ['CD', cd('{ path: /INITRD.IMG, ramdisk: tiny }')],
])('a file on a %s is the RAM disk of a recipe, packed as for a kernel', (_name, text) => {
  const source = image(text);
  const at = textOf(source).indexOf('070701');
  const entries: ArchiveEntry[] = [
    { kind: 'directory', path: 'dev', permissions: 0o755 },
    { kind: 'device', path: 'dev/console', type: 'char', major: 5, minor: 1, permissions: 0o600 },
    {
      kind: 'file',
      path: 'greeting',
      permissions: 0o644,
      file: { name: 'g', path: '/p/ramdisks/tiny/greeting.txt', sizeBytes: 25, sha256: '' },
    },
    { kind: 'link', path: 'hello', target: 'greeting', permissions: 0o755 },
  ];
  const archive = buildArchive(entries, read);
  expect(archiveBytes(entries)).toBe(archive.length);
  expect([...source.read(at, archive.length)]).toEqual([...archive]);
  // A read that begins inside the file, as a loader's by clusters.
  expect([...source.read(at + 200, 100)]).toEqual([...archive.subarray(200, 300)]);
});

test('a RAM disk that was packed elsewhere is a path, relative to the recipe', () =>
  expect(textOf(image(disk('{ path: initrd.img, ramdisk: ./initrd.img }')))).toContain('packed elsewhere'));

test.each([
  [disk('{ path: a, ramdisk: none }'), 'no firmware is called "none"'],
  [disk('{ path: a, ramdisk: ./none.img }'), 'cannot read the RAM disk "./none.img"'],
  [disk('{ path: a, ramdisk: tiny, file: initrd.img }'), 'a file has one of file, image and ramdisk'],
  [disk('{ path: a }'), 'a file has one of file, image and ramdisk'],
  [cd('{ path: /A, ramdisk: tiny }', '  boot: /A\n'), '/A is a RAM disk, not a boot image'],
])('refused: %s', (text, what) => expect(() => image(text)).toThrow(what));
