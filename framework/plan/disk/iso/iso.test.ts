import type { FileAccess } from '../../file-access';
import { recipeImage } from '../recipe-image.test-support';

const LOADER = Uint8Array.from({ length: 3000 }, (_, index) => index & 0xff);
const FILES: Readonly<Record<string, Uint8Array>> = { '/r/loader.bin': LOADER, '/r/text': new TextEncoder().encode('hello') };
const files: FileAccess = {
  size: (path) => FILES[path]?.length,
  read: (path, offset, length) => FILES[path]!.slice(offset, offset + length),
  sha256: () => 'f'.repeat(64),
  list: () => [],
};

function volume(iso: string) {
  const source = recipeImage(`iso: ${iso}\n`, files, { roots: ['/'] });
  const sector = (lba: number) => source.read(lba * 2048, 2048);
  const text = (bytes: Uint8Array, first: number, length: number) => String.fromCharCode(...bytes.slice(first, first + length));
  const word = (bytes: Uint8Array, at: number) => new DataView(bytes.buffer).getUint32(at, true);
  /** Follows the directory records from the root to a file, as a reader of ISO 9660 does. */
  const find = (path: readonly string[]): Uint8Array => {
    let record = sector(16).slice(156);
    for (const name of path) {
      const extent = source.read(word(record, 2) * 2048, word(record, 10));
      let at = 0;
      while (text(extent, at + 33, extent[at + 32]!) !== name) {
        at = extent[at] === 0 ? Math.ceil((at + 1) / 2048) * 2048 : at + extent[at]!;
        if (at >= extent.length) throw new Error(`no ${name}`);
      }
      record = extent.slice(at, at + extent[at]!);
    }
    return source.read(word(record, 2) * 2048, word(record, 10));
  };
  return { source, sector, text, word, find };
}

const BOOT =
  '{ boot: /BOOT/LOADER.BIN, boot-info: on, files: [ { path: /BOOT/LOADER.BIN, file: loader.bin }, { path: /README.TXT, file: text } ] }';

test('files are found by their paths, in the root and below', () => {
  const { find, sector, text, word, source } = volume(BOOT);
  expect([text(sector(16), 1, 5), text(sector(16), 40, 8), word(sector(16), 80) * 2048]).toEqual(['CD001', 'MILEPOST', source.sizeBytes]);
  expect(new TextDecoder().decode(find(['README.TXT;1']))).toBe('hello');
  expect(find(['BOOT', 'LOADER.BIN;1']).slice(64)).toEqual(LOADER.slice(64));
});

test('El Torito: the boot record leads to a catalog whose words add up to zero, and to the loader with its table', () => {
  const { sector, text, word, source } = volume(BOOT);
  expect(text(sector(17), 7, 23)).toBe('EL TORITO SPECIFICATION');
  const catalog = sector(word(sector(17), 0x47));
  let sum = 0;
  for (let at = 0; at < 32; at += 2) sum += catalog[at]! + catalog[at + 1]! * 256;
  expect([sum & 0xffff, catalog[30], catalog[31], catalog[32], catalog[33], catalog[38]]).toEqual([0, 0x55, 0xaa, 0x88, 0, 4]);
  const loader = source.read(word(catalog, 40) * 2048, 64);
  expect([word(loader, 8), word(loader, 12), word(loader, 16)]).toEqual([16, word(catalog, 40), 3000]);
  let checksum = 0;
  for (let at = 64; at < 3000; at += 4) checksum = (checksum + new DataView(LOADER.buffer).getUint32(at, true)) >>> 0;
  expect(word(loader, 20)).toBe(checksum);
});

test('an emulated diskette has its whole size on the CD', () => {
  const { sector, word, source } = volume(
    '{ boot: /DISK.IMG, emulation: floppy, files: [ { path: /DISK.IMG, file: loader.bin }, { path: /Z, file: text } ] }',
  );
  const catalog = sector(word(sector(17), 0x47));
  expect([catalog[33], catalog[38]]).toEqual([1, 1]);
  expect(source.sizeBytes).toBe((word(catalog, 40) + 600 + 1) * 2048);
});

test('a directory of many files goes on in a further sector', () => {
  const names = Array.from({ length: 120 }, (_, index) => `{ path: /D/F${index}, file: text }`).join(', ');
  const { find } = volume(`{ files: [ ${names} ] }`);
  expect(new TextDecoder().decode(find(['D', 'F119;1']))).toBe('hello');
});

test.each([
  ['{ files: [ { path: /readme, file: text } ] }', 'upper-case 8.3'],
  ['{ files: [ { path: /A, file: text }, { path: /A, file: text } ] }', 'are called /A'],
  ['{ files: [ { path: /A, file: text }, { path: /A/B, file: text } ] }', 'are called /A'],
  ['{ boot: /B, files: [ { path: /A, file: text } ] }', 'no file of the volume is /B'],
  ['{ files: [ { path: /A } ] }', 'one of file, image and ramdisk'],
  ['[]', 'iso is a map'],
])('refused: %s', (iso, what) => expect(() => volume(iso)).toThrow(what));
