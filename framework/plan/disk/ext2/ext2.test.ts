import type { FileAccess } from '../../file-access';
import type { ImageSource } from '../recipe-source';
import { recipeImage } from '../recipe-image.test-support';

/** Larger than a group of 8 MiB, and than the single indirect block of 1 KiB blocks reaches. */
const BIG = 9_000_001;
const SIZES: Readonly<Record<string, number>> = { '/r/big.bin': BIG, '/r/small.txt': 5, '/r/empty': 0, '/r/huge': 2 ** 40 };
const CONTENT = new Uint8Array(BIG);
for (let index = 0; index < BIG; index++) CONTENT[index] = (index * 7 + (index >> 8)) % 251;
const files: FileAccess = {
  size: (path) => SIZES[path],
  read: (_, offset, length) => CONTENT.slice(offset, offset + length),
  sha256: () => 'f'.repeat(64),
  list: () => [],
};

const image = (text: string): ImageSource => recipeImage(text, files);

/** A reader of ext2 of its own: superblock, descriptors, inodes, what the bitmaps say. */
class Reader {
  private readonly blockBytes: number;

  constructor(
    private readonly source: ImageSource,
    private readonly start: number,
  ) {
    this.blockBytes = 1024 << this.super(24);
  }

  view(offset: number, length: number): DataView {
    return new DataView(this.source.read(this.start + offset, length).buffer);
  }

  super(at: number): number {
    return this.view(1024 + at, 4).getUint32(0, true);
  }

  descriptor(group: number): DataView {
    return this.view((this.super(20) + 1) * this.blockBytes + 32 * group, 32);
  }

  private inode(number: number): DataView {
    const perGroup = this.super(40);
    const table = this.descriptor(Math.floor((number - 1) / perGroup)).getUint32(8, true);
    return this.view(table * this.blockBytes + ((number - 1) % perGroup) * 128, 128);
  }

  private blocksBelow(block: number, level: number): number[] {
    if (block === 0) return [];
    if (level === 0) return [block];
    const pointers = this.view(block * this.blockBytes, this.blockBytes);
    return Array.from({ length: this.blockBytes / 4 }, (_, index) => pointers.getUint32(4 * index, true)).flatMap((below) =>
      this.blocksBelow(below, level - 1),
    );
  }

  content(number: number): Uint8Array {
    const inode = this.inode(number);
    const blocks = Array.from({ length: 15 }, (_, index) =>
      this.blocksBelow(inode.getUint32(40 + 4 * index, true), Math.max(0, index - 11)),
    );
    const bytes = new Uint8Array(blocks.flat().length * this.blockBytes);
    for (const [index, block] of blocks.flat().entries())
      bytes.set(this.source.read(this.start + block * this.blockBytes, this.blockBytes), index * this.blockBytes);
    return bytes.subarray(0, inode.getUint32(4, true));
  }

  names(number: number): Map<string, number> {
    const bytes = this.content(number);
    const view = new DataView(bytes.buffer);
    const found = new Map<string, number>();
    for (let at = 0; at < bytes.length; at += view.getUint16(at + 4, true))
      found.set(new TextDecoder().decode(bytes.subarray(at + 8, at + 8 + bytes[at + 6]!)), view.getUint32(at, true));
    return found;
  }

  find(path: string): number | undefined {
    return path.split('/').reduce<number | undefined>((at, name) => (at === undefined ? at : this.names(at).get(name)), 2);
  }

  /** Bits of a group's bitmap that are zero. */
  free(block: number, bits: number): number {
    const bytes = this.view(block * this.blockBytes, this.blockBytes);
    return Array.from({ length: bits }, (_, index) => index).filter((index) => !((bytes.getUint8(index >> 3) >> (index & 7)) & 1)).length;
  }
}

const FILES = 'files: [ { path: boot/big, file: big.bin }, { path: boot/small, file: small.txt }, { path: empty, file: empty } ]';

test.each([
  ['blocks of 1 KiB', '40MiB', 79_872, 1024],
  ['blocks of 4 KiB', '600MiB', 1_226_752, 4096],
])('%s: files are found by their paths, whole, and the bitmaps agree with the counts', (_, size, sectors, blockBytes) => {
  const source = image(`size: ${size}\next2-file-systems: [ { lba: 2048, sectors: ${sectors}, label: boot, ${FILES} } ]`);
  const reader = new Reader(source, 2048 * 512);
  expect([reader.super(56) & 0xffff, 1024 << reader.super(24)]).toEqual([0xef53, blockBytes]);
  expect(Buffer.compare(reader.content(reader.find('boot/big')!), CONTENT)).toBe(0);
  expect(reader.content(reader.find('boot/small')!)).toHaveLength(5);
  expect(reader.content(reader.find('empty')!)).toHaveLength(0);
  expect(reader.find('lost+found')).toBe(11);
  expect(reader.find('boot/absent')).toBeUndefined();
  const blocksPerGroup = reader.super(32);
  const groups = reader.super(0) / reader.super(40);
  const free = Array.from({ length: groups }, (_unused, group) => {
    const descriptor = reader.descriptor(group);
    const blocks = Math.min(blocksPerGroup, reader.super(4) - reader.super(20) - group * blocksPerGroup);
    expect(reader.free(descriptor.getUint32(0, true), blocks)).toBe(descriptor.getUint16(12, true));
    expect(reader.free(descriptor.getUint32(4, true), reader.super(40))).toBe(descriptor.getUint16(14, true));
    return [descriptor.getUint16(12, true), descriptor.getUint16(14, true)];
  });
  expect([0, 1].map((at) => free.reduce((sum, counts) => sum + counts[at]!, 0))).toEqual([reader.super(12), reader.super(16)]);
  const backup = reader.view((reader.super(20) + blocksPerGroup) * blockBytes, 1024);
  expect([backup.getUint16(56, true), backup.getUint16(90, true)]).toEqual([0xef53, 1]);
});

test('a directory of many names goes on in further blocks', () => {
  const entries = Array.from({ length: 200 }, (_, index) => `{ path: d/a name of some length ${index}, file: small.txt }`).join(', ');
  const reader = new Reader(image(`size: 4MiB\next2-file-systems: [ { lba: 0, sectors: 8192, files: [ ${entries} ] } ]`), 0);
  const names = reader.names(reader.find('d')!);
  expect([names.size, names.get('.'), names.get('..')]).toEqual([202, reader.find('d'), 2]);
  expect(reader.content(names.get('a name of some length 199')!)).toHaveLength(5);
});

test('the UUID is the one that is asked for, and without one every file system of an image has its own', () => {
  const source = image(
    `size: 4MiB\next2-file-systems: [ { lba: 0, sectors: 2048, uuid: 01234567-89ab-cdef-0123-456789abcdef }, { lba: 2048, sectors: 2048 }, { lba: 4096, sectors: 2048 } ]`,
  );
  const uuid = (lba: number): string => Buffer.from(source.read(lba * 512 + 1024 + 104, 16)).toString('hex');
  expect(uuid(0)).toBe('0123456789abcdef0123456789abcdef');
  expect(uuid(2048)).not.toBe(uuid(4096));
});

test.each([
  ['sectors: 8192, files: [ { path: a, file: empty }, { path: a, file: empty } ]', 'is there twice'],
  ['sectors: 8192, files: [ { path: a, file: empty }, { path: a/b, file: empty } ]', 'is there twice'],
  ['sectors: 8192, files: [ { path: a } ]', 'one of file, image and ramdisk'],
  ['sectors: 8192, files: [ { path: /a, file: empty } ]', 'not a path'],
  ['sectors: 8192, files: [ { path: a/../b, file: empty } ]', 'not a path'],
  ['sectors: 8192, files: [ { path: lost+found/a, file: empty } ]', "file system's own"],
  ['sectors: 8192, files: [ { path: a, file: big.bin } ]', 'do not fit'],
  ['sectors: 8192, files: [ { path: a, file: huge } ]', 'do not fit'],
  ['sectors: 100, files: []', 'no ext2 file system fits'],
  ['sectors: 99999', 'past the end'],
  ['sectors: 8192, extlinux: { loader: none, boot-sector: none }', 'no firmware is called "none"'],
  ['sectors: 8192, extlinux: { loader: a, boot-sector: b, directory: /a }', 'not the path of a directory'],
])('refused: %s', (text, what) => expect(() => image(`size: 4MiB\next2-file-systems: [ { lba: 0, ${text} } ]`)).toThrow(what));
