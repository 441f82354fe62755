import type { FileAccess } from '../file-access';
import { FirmwareStore } from '../firmware/store';
import { readRecipe } from './recipe';
import { recipeSource } from './recipe-source';
import { installedBytes, installSyslinux } from './syslinux';

const MAGIC = 0x3eb2_02fe;
const EXTENSION = 0x300;
const LOADER = new Uint8Array(5 * 512 - 100).fill(0x90);
const view = new DataView(LOADER.buffer);
view.setUint32(0x18, MAGIC, true);
view.setUint16(0x18 + 22, EXTENSION, true);
[0x500, 0x480, 0x40, 0, 0, 0x400, 192, 282, 288, 458].forEach((value, index) => view.setUint16(EXTENSION + 2 * index, value, true));
const BOOT = new Uint8Array(512).fill(0xcc);
const PARAMETERS = Array.from({ length: 512 }, (_, at) => at & 0xff);

function installed(sector: number, loader = LOADER) {
  const result = installSyslinux({ loader, bootSector: BOOT, directory: '' }, PARAMETERS, sector);
  if (typeof result === 'string') throw new Error(result);
  return { ...result, view: new DataView(result.loader.buffer) };
}

const sum = (bytes: DataView, from: number, to: number): number => {
  let total = 0;
  for (let at = from; at + 4 <= to; at += 4) total = (total + bytes.getUint32(at, true)) >>> 0;
  return total;
};

test('the boot sector keeps its parameter block, has the code around it, and finds the first sector', () => {
  const { boot } = installed(1234);
  expect(boot.slice(0, 12)).toEqual([...new Array<number>(11).fill(0xcc), 11]);
  expect(boot.slice(88, 92)).toEqual([88, 89, 0xcc, 0xcc]);
  expect(boot.slice(282, 286)).toEqual([1234 & 0xff, 1234 >> 8, 0, 0]);
  expect(boot.slice(288, 292)).toEqual([0, 0, 0, 0]);
  expect(boot.slice(510)).toEqual([510 & 0xff, 511 & 0xff]);
});

test('the loader finds its other sectors and both copies of its vector, and its checksum is right', () => {
  const { loader, view: bytes } = installed(100);
  expect(loader.length).toBe(installedBytes({ loader: LOADER, bootSector: BOOT, directory: '' }));
  expect(loader.length).toBe(7 * 512);
  expect([bytes.getUint16(0x20, true), bytes.getUint16(0x22, true), bytes.getUint32(0x24, true)]).toEqual([5, 2, LOADER.length / 4]);
  expect([bytes.getBigUint64(0x400, true), bytes.getUint16(0x408, true)]).toEqual([101n, 4]);
  expect([bytes.getBigUint64(0x500, true), bytes.getBigUint64(0x508, true)]).toEqual([105n, 106n]);
  expect(sum(bytes, 0, LOADER.length)).toBe(MAGIC);
  for (const at of [5 * 512, 6 * 512]) {
    expect([bytes.getUint32(at, true), bytes.getUint32(at + 508, true)]).toEqual([0x5a2d_2fa5, 0xdd28_bf64]);
    expect(sum(bytes, at + 4, at + 508)).toBe(0xa304_1767);
  }
});

test('a read of the loader ends at 64 KiB of memory, where the DMA of some machines does', () => {
  const long = new Uint8Array(101 * 512);
  long.set(LOADER);
  const { view: bytes } = installed(100, long);
  const extent = (at: number) => [bytes.getBigUint64(at, true), bytes.getUint16(at + 8, true)];
  expect([extent(0x400), extent(0x40a)]).toEqual([
    [101n, 63],
    [164n, 37],
  ]);
});

test('the loader is told of its directory', () => {
  const { loader } = installSyslinux({ loader: LOADER, bootSector: BOOT, directory: 'boot/x' }, PARAMETERS, 1) as { loader: Uint8Array };
  expect(new TextDecoder().decode(loader.slice(0x480, 0x488))).toBe('/boot/x\0');
  expect(installSyslinux({ loader: LOADER, bootSector: BOOT, directory: 'x'.repeat(63) }, PARAMETERS, 1)).toBe(
    'the directory of SYSLINUX has too long a path',
  );
});

test('what is no loader is refused', () => {
  const refusal = (loader: Uint8Array) => installSyslinux({ loader, bootSector: BOOT, directory: '' }, PARAMETERS, 1);
  expect(refusal(new Uint8Array(2000))).toBe('the loader is none of SYSLINUX');
  expect(refusal(LOADER.slice(0, 0x310))).toBe('the loader of SYSLINUX is cut off');
  expect(refusal(LOADER.slice(0, 0x408))).toBe('the loader of SYSLINUX is cut off');
  const long = new Uint8Array(200 * 512);
  long.set(LOADER);
  expect(refusal(long)).toBe('the loader of SYSLINUX is too long');
});

test('a recipe puts the loader where its boot sector looks for it, as the first file', () => {
  const manifest = {
    description: 'x',
    licence: 'x',
    images: ['loader', 'boot'].map((name) => ({ name, kind: 'file', file: `${name}.bin`, committed: true })),
  };
  const contents: Record<string, Uint8Array> = {
    '/f/firmware/x/manifest.json': new TextEncoder().encode(JSON.stringify(manifest)),
    '/f/firmware/x/loader.bin': LOADER,
    '/f/firmware/x/boot.bin': BOOT,
  };
  const files: FileAccess = {
    size: (path) => contents[path]?.length,
    read: (path, offset, length) => contents[path]!.slice(offset, offset + length),
    sha256: () => 'f'.repeat(64),
    list: (path) => (path === '/f/firmware' ? ['x'] : []),
  };
  const read = (install: string) =>
    readRecipe(
      `description: x\nsize: 4MiB\nfat-file-systems:\n  - { lba: 8, sectors: 8184, syslinux: ${install} }\n`,
      '/r/recipe.yaml',
      files,
      new FirmwareStore(files, ['/f']),
    );
  const recipe = read('{ loader: loader, boot-sector: boot }');
  if (!('pieces' in recipe)) throw new Error(recipe.map(({ what }) => what).join('; '));
  const disk = recipeSource(recipe.sizeBytes, recipe.pieces, files);
  const boot = disk.read(8 * 512, 512);
  const first = boot[282]! | (boot[283]! << 8);
  expect(disk.read((8 + first) * 512, 7 * 512)).toEqual(installed(first).loader);
  const refused = read('{ loader: loader, boot-sector: none }');
  expect('pieces' in refused ? [] : refused.map(({ what }) => what)).toEqual(['no firmware is called "none"']);
});
