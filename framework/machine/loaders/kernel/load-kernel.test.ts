import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelEntryOf, loadKernel } from './load-kernel';
import { KernelError, RANGE_RAM } from './types';
import type { BootEnvironment, DirectEntry, KernelConfig } from './types';

const BIN = join(__dirname, '..', '..', '..', '..', 'firmware', 'kernel-report', 'bin');
const BZIMAGE = readFileSync(join(BIN, 'kernel-report.bzimage'));
const ELF = readFileSync(join(BIN, 'kernel-report.elf'));

const LOW_END = 0x1ff_0000;
const ENVIRONMENT: BootEnvironment = {
  map: [
    { address: 0, bytes: 0x9_fc00, type: RANGE_RAM },
    { address: 0x9_fc00, bytes: 0x400, type: 2 },
    { address: 0x10_0000, bytes: LOW_END - 0x10_0000, type: RANGE_RAM },
  ],
  lowEnd: LOW_END,
  rsdp: 0xf_0000,
};

/** The image with bytes of a header changed: offset, size, value. */
function patched(
  image: Uint8Array,
  ...changes: readonly (readonly [at: number, bytes: 1 | 2 | 4 | 8, value: number | bigint])[]
): Uint8Array {
  const copy = Uint8Array.from(image);
  const view = new DataView(copy.buffer);
  for (const [at, bytes, value] of changes) {
    const whole = BigInt.asUintN(64, BigInt(value));
    for (let index = 0; index < bytes; index++) view.setUint8(at + index, Number((whole >> BigInt(8 * index)) & 0xffn));
  }
  return copy;
}

function load(image: Uint8Array, entry: DirectEntry, more: Partial<Pick<KernelConfig, 'ramdisk' | 'cmdline' | 'modules'>> = {}) {
  return loadKernel({ image, cmdline: '', ...more }, entry, ENVIRONMENT);
}

test.each<[DirectEntry, Uint8Array]>([
  ['linux64', BZIMAGE],
  ['linux32', patched(BZIMAGE, [0x236, 2, 0])],
  ['pvh', ELF],
  ['multiboot2', patched(ELF, [124, 4, 99])],
  ['multiboot', patched(ELF, [124, 4, 99], [152, 4, 0])],
])('%s is what an image says by itself that it is for', (entry, image) => {
  expect(kernelEntryOf({ image, cmdline: '' })).toBe(entry);
  expect(load(image, entry)).toMatchObject({ entry });
});

/** Offsets in the 32-bit ELF file. */
const [ENTRY, PADDR, FILESZ, MEMSZ] = [24, 52 + 12, 52 + 16, 52 + 20];
const [SETUP_SECTS, FLAGS, ALIGNMENT, RELOCATABLE, CMDLINE_SIZE, PREFERRED, INIT_SIZE] = [0x1f1, 0x211, 0x230, 0x234, 0x238, 0x258, 0x260];
const MB2_LENGTH = 152 + 8;

test.each<[string, DirectEntry, Uint8Array, RegExp]>([
  ['text', 'linux64', new TextEncoder().encode('no kernel'), /needs a bzImage/],
  ['an ELF file', 'linux32', ELF, /needs a bzImage/],
  ['a protocol from before 2.06', 'linux32', patched(BZIMAGE, [0x206, 2, 0x205]), /2\.05 is older/],
  ['255 sectors of setup in a short file', 'linux32', patched(BZIMAGE, [SETUP_SECTS, 1, 255]), /ends within the real-mode code/],
  ['a zImage', 'linux32', patched(BZIMAGE, [FLAGS, 1, 0]), /zImage/],
  ['an alignment of 0', 'linux32', patched(BZIMAGE, [ALIGNMENT, 4, 0]), /no power of two/],
  ['an alignment of 3', 'linux32', patched(BZIMAGE, [ALIGNMENT, 4, 3]), /no power of two/],
  ['an address of 2^64 - 1', 'linux64', patched(BZIMAGE, [PREFERRED, 8, -1]), /RAM ends at 0x1ff_0000/],
  [
    'that, and relocatable to 2 GiB',
    'linux64',
    patched(BZIMAGE, [PREFERRED, 8, -1], [RELOCATABLE, 1, 1], [ALIGNMENT, 4, 2 ** 31]),
    /RAM ends/,
  ],
  ['4 GiB of memory wanted', 'linux64', patched(BZIMAGE, [INIT_SIZE, 4, -1]), /needs memory up to 0x1_000f_ffff/],
  ['an address over its own zero page', 'linux32', patched(BZIMAGE, [PREFERRED, 8, 0x6000]), /both lie at 0x7000/],
  ['an address in the ROM area', 'linux32', patched(BZIMAGE, [PREFERRED, 8, 0xc_0000]), /no RAM is free/],
  ['an address among the interrupt vectors', 'linux32', patched(BZIMAGE, [PREFERRED, 8, 0]), /no RAM is free/],
  ['no PVH note', 'pvh', patched(ELF, [124, 4, 99]), /no PHYS32_ENTRY note/],
  ['an entry outside', 'multiboot', patched(ELF, [ENTRY, 4, 0x300_0000]), /entry 0x300_0000 lies outside/],
  ['a segment past the end of RAM', 'multiboot', patched(ELF, [PADDR, 4, 0x1f0_0000], [MEMSZ, 4, 0x10_0000]), /would end at/],
  ['a segment of 4 GiB', 'pvh', patched(ELF, [MEMSZ, 4, -1]), /would end at/],
  ['a segment over the boot information', 'multiboot', patched(ELF, [PADDR, 4, 0x5800]), /both lie at 0x6000/],
  ['more bytes than the file has', 'multiboot2', patched(ELF, [FILESZ, 4, 0x3000]), /segment 0 ends at byte/],
  ['no multiboot header', 'multiboot', BZIMAGE, /no multiboot header/],
  ['no multiboot2 header', 'multiboot2', BZIMAGE, /no multiboot2 header/],
  ['a multiboot2 header of 1 GiB', 'multiboot2', multiboot2Length(0x4000_0000), /ends past its first 32 KiB/],
])('%s is refused with a reason (%s)', (_name, entry, image, reason) => {
  expect(() => load(image, entry)).toThrow(KernelError);
  expect(() => load(image, entry)).toThrow(reason);
});

/** The checksum covers the length. */
function multiboot2Length(length: number): Uint8Array {
  return patched(ELF, [MB2_LENGTH, 4, length], [MB2_LENGTH + 4, 4, -(0xe852_50d6 + length)]);
}

/** A flat image: header with addresses, then `cli; hlt`. */
function flat(changes: Partial<Record<'header' | 'load' | 'loadEnd' | 'bssEnd' | 'entry' | 'flags', number>> = {}): Uint8Array {
  const { header = 0x20_0010, load: at = 0x20_0000, loadEnd = 0, bssEnd = 0x20_1000, entry = 0x20_0030, flags = 0x1_0003 } = changes;
  const image = new Uint8Array(0x40);
  const words = [0x1bad_b002, flags, -(0x1bad_b002 + flags), header, at, loadEnd, bssEnd, entry];
  words.forEach((value, index) => new DataView(image.buffer).setUint32(0x10 + 4 * index, value >>> 0, true));
  image.set([0xfa, 0xf4], 0x30);
  return image;
}

test('a flat multiboot image goes where its header says, with cleared memory behind it and the module on the next page', () => {
  const { at, pieces } = load(flat(), 'multiboot', { ramdisk: Uint8Array.of(1, 2, 3) });
  expect(at).toBe(0x20_0030);
  expect(pieces.map(({ address, contents, bytes }) => [address, contents.length, bytes]).slice(0, 2)).toEqual([
    [0x20_0000, 0x40, 0x1000],
    [0x20_1000, 3, undefined],
  ]);
});

const MODULES = [
  { contents: new Uint8Array(0x1800).fill(1), cmdline: 'first one' },
  { contents: Uint8Array.of(2), cmdline: 'second' },
];

test('modules of multiboot lie one behind the other, the RAM disk last, each with its own text', () => {
  const { pieces, parameters } = load(flat(), 'multiboot', { modules: MODULES, ramdisk: Uint8Array.of(3), cmdline: 'kernel' });
  const info = pieces.find(({ address }) => address === parameters)!.contents;
  const view = new DataView(info.buffer);
  const text = (at: number): string => {
    const from = at - parameters;
    return new TextDecoder().decode(info.subarray(from, info.indexOf(0, from)));
  };
  expect([view.getUint32(20, true), text(view.getUint32(16, true)), text(view.getUint32(64, true))]).toEqual([3, 'kernel', 'Milepost']);
  const list = view.getUint32(24, true) - parameters;
  const modules = [0, 16, 32].map((at) => [0, 4, 8].map((field) => view.getUint32(list + at + field, true)));
  expect(modules.map(([start, end, line]) => [start, end, text(line!)])).toEqual([
    [0x20_1000, 0x20_2800, 'first one'],
    [0x20_3000, 0x20_3001, 'second'],
    [0x20_4000, 0x20_4001, ''],
  ]);
});

test('modules of multiboot 2 have a tag each', () => {
  const { pieces, parameters } = load(ELF, 'multiboot2', { modules: MODULES });
  const info = pieces.find(({ address }) => address === parameters)!.contents;
  const view = new DataView(info.buffer);
  const lines: string[] = [];
  for (let at = 8; view.getUint32(at, true) !== 0; at += Math.ceil(view.getUint32(at + 4, true) / 8) * 8)
    if (view.getUint32(at, true) === 3) lines.push(new TextDecoder().decode(info.subarray(at + 16, at + view.getUint32(at + 4, true) - 1)));
  expect(lines).toEqual(['first one', 'second']);
});

test('modules are for multiboot', () => {
  expect(() => load(BZIMAGE, 'linux64', { modules: MODULES })).toThrow(/modules are for multiboot kernels; it is entered by linux64/);
});

test.each<[string, Uint8Array, RegExp]>([
  ['a load address behind the header', flat({ load: 0x20_0020 }), /do not fit the file/],
  ['a load address long before the file', flat({ load: 0x10_0000 }), /do not fit the file/],
  ['an end past the file', flat({ loadEnd: 0x20_0100 }), /do not fit the file/],
  ['an end before the beginning', flat({ loadEnd: 0x10_0000 }), /do not fit the file/],
  ['a bss up to 4 GiB', flat({ bssEnd: 0xffff_ffff }), /do not fit the file or the memory/],
  ['an entry elsewhere', flat({ entry: 0x9_0000 }), /outside of what is loaded/],
  ['a video mode', flat({ flags: 0x1_0007 }), /asks for features 0x7/],
])('a flat multiboot image with %s is refused', (_name, image, reason) => {
  expect(() => load(image, 'multiboot')).toThrow(reason);
});

test.each<[DirectEntry, Uint8Array]>([
  ['linux64', BZIMAGE],
  ['pvh', ELF],
  ['multiboot', ELF],
])('a RAM disk or command line that does not fit is refused (%s)', (entry, image) => {
  expect(() => load(image, entry, { ramdisk: new Uint8Array(LOW_END - 0x10_0000) })).toThrow(/does not fit behind/);
  const cmdline = 'x'.repeat(600_000);
  expect(() => load(patched(image, ...(entry === 'linux64' ? [[CMDLINE_SIZE, 4, 255] as const] : [])), entry, { cmdline })).toThrow(
    /command line/,
  );
});

test('notes that claim to be longer than their segment are no notes', () => {
  expect(() => load(patched(ELF, [116, 4, -1]), 'pvh')).toThrow(/no PHYS32_ENTRY note/);
  expect(() => load(patched(ELF, [120, 4, -1]), 'pvh')).toThrow(/no PHYS32_ENTRY note/);
});
