import { ElfError, readElf } from './elf';

interface Header {
  bits?: 32 | 64;
  entry?: number | bigint;
  phoff?: number;
  phnum?: number;
  phentsize?: number;
  segments?: { type?: number; flags?: number; offset: number; vaddr?: bigint; paddr: number; filesz: number; memsz: number }[];
  bytes?: number;
}

/** Assembles an ELF file whose headers say exactly what the test wants. */
function elf(header: Header): Uint8Array {
  const wide = header.bits === 64;
  const [headerBytes, entryBytes] = wide ? [64, 56] : [52, 32];
  const segments = header.segments ?? [{ offset: 0x180, paddr: 0x100000, filesz: 4, memsz: 0x2000 }];
  const file = new Uint8Array(header.bytes ?? 0x200);
  const view = new DataView(file.buffer);
  const natural = (at: number, value: number | bigint): void => {
    if (wide) view.setBigUint64(at, BigInt(value), true);
    else view.setUint32(at, Number(value), true);
  };
  file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, wide ? 62 : 3, true);
  natural(24, header.entry ?? 0x100010);
  natural(wide ? 32 : 28, header.phoff ?? headerBytes);
  view.setUint16(wide ? 54 : 42, header.phentsize ?? entryBytes, true);
  view.setUint16(wide ? 56 : 44, header.phnum ?? segments.length, true);
  segments.forEach((segment, index) => {
    const at = headerBytes + index * entryBytes;
    view.setUint32(at, segment.type ?? 1, true);
    view.setUint32(at + (wide ? 4 : 24), segment.flags ?? 7, true);
    natural(at + (wide ? 8 : 4), segment.offset);
    natural(at + (wide ? 16 : 8), segment.vaddr ?? segment.paddr);
    natural(at + (wide ? 24 : 12), segment.paddr);
    natural(at + (wide ? 32 : 16), segment.filesz);
    natural(at + (wide ? 40 : 20), segment.memsz);
  });
  file.set([1, 2, 3, 4], 0x180);
  return file;
}

const LIMITS = { end: 0x1000000 };

test.each([32, 64] as const)('a %d-bit executable gives its segments, bounds and entry point', (bits) => {
  const image = readElf(
    elf({
      bits,
      segments: [
        { offset: 0x180, paddr: 0x100000, filesz: 4, memsz: 0x2000 },
        { type: 4, offset: 0, paddr: 0, filesz: 16, memsz: 16 },
        { flags: 4, offset: 0, paddr: 0x500000, filesz: 16, memsz: 16 },
        { offset: 0x182, paddr: 0x200000, filesz: 2, memsz: 0x10 },
      ],
    }),
    LIMITS,
  );
  expect(image).toMatchObject({ bits, entry: 0x100010, start: 0x100000, end: 0x200010 });
  expect(image.segments.map((segment) => [segment.address, [...segment.contents], segment.memoryBytes])).toEqual([
    [0x100000, [1, 2, 3, 4], 0x2000],
    [0x200000, [3, 4], 0x10],
  ]);
});

test.each([
  [32, 0xc000_0000n],
  [64, 0xffff_ffff_8000_0000n],
] as const)('a %d-bit kernel linked to its high half: read-only data is loaded, and the entry found, as boot loaders do', (bits, high) => {
  const image = readElf(
    elf({
      bits,
      entry: high + 0x200004n,
      segments: [
        { flags: 4, offset: 0x180, vaddr: high + 0x100000n, paddr: 0x100000, filesz: 4, memsz: 0x1000 },
        { flags: 5, offset: 0x182, vaddr: high + 0x200000n, paddr: 0x200000, filesz: 2, memsz: 0x10 },
        { flags: 6, offset: 0, vaddr: 0n, paddr: 0, filesz: 0, memsz: 0 },
      ],
    }),
    { ...LIMITS, bootLoader: true },
  );
  expect(image).toMatchObject({ entry: 0x200004, start: 0x100000, end: 0x200010 });
  expect(image.segments.map((segment) => segment.address)).toEqual([0x100000, 0x200000]);
});

const segment = { offset: 0x180, paddr: 0x100000, filesz: 4, memsz: 0x2000 };
test.each<[string, Uint8Array, RegExp]>([
  ['an empty file', new Uint8Array(0), /not an ELF file/],
  ['text', new TextEncoder().encode('not an executable at all, but long enough to hold one'), /not an ELF file/],
  ['a header cut short', elf({}).subarray(0, 40), /truncated/],
  ['a program header table outside the file', elf({ phoff: 0x1f0 }), /table runs past the end/],
  ['a table offset near 4 GiB', elf({ phoff: 0xfffffff0 }), /table runs past the end/],
  ['65535 program headers', elf({ phnum: 0xffff }), /program headers/],
  ['program headers of 1 byte', elf({ phentsize: 1 }), /e_phentsize/],
  ['no program headers', elf({ phnum: 0, segments: [] }), /no program headers/],
  ['contents outside the file', elf({ segments: [{ ...segment, offset: 0x1ff }] }), /segment 0 ends at byte/],
  ['an offset that would wrap', elf({ segments: [{ ...segment, offset: 0xfffffffe }] }), /segment 0 ends at byte/],
  ['more file bytes than memory', elf({ segments: [{ ...segment, memsz: 2 }] }), /p_filesz/],
  ['a segment of 4 GiB', elf({ segments: [{ ...segment, memsz: 0xffffffff }] }), /segment 0 would end at/],
  ['a segment of 2^60 bytes', elf({ bits: 64, segments: [{ ...segment, memsz: 2 ** 60 }] }), /out of range/],
  ['nothing loadable', elf({ segments: [{ ...segment, type: 2 }] }), /nothing to load/],
])('%s is refused with a reason', (_name, bytes, reason) => {
  expect(() => readElf(bytes, LIMITS)).toThrow(ElfError);
  expect(() => readElf(bytes, LIMITS)).toThrow(reason);
});

test('the wrong class is refused when the loader needs one', () => {
  expect(() => readElf(elf({ bits: 64 }), { ...LIMITS, bits: 32 })).toThrow(/64-bit image where a 32-bit one/);
});
