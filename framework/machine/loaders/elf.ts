/**
 * ELF executables (System V ABI, Tool Interface Standard 1.2), class 32 and 64, little-endian: just what a boot loader
 * needs of them, the loadable segments and the entry point. Every number of the headers is checked against the file
 * before use, so a hostile header costs an ElfError, not memory or time.
 */
export class ElfError extends Error {
  override readonly name = 'ElfError';
}

export interface ElfSegment {
  /** Physical address to load at, from p_paddr. */
  readonly address: number;
  /** The bytes that come from the file; the rest up to memoryBytes is zero. */
  readonly contents: Uint8Array;
  readonly memoryBytes: number;
}

export interface ElfImage {
  readonly bits: 32 | 64;
  readonly machine: number;
  readonly entry: number;
  /** Loadable segments as the file orders them. */
  readonly segments: readonly ElfSegment[];
  /** Contents of the note segments. */
  readonly notes: readonly Uint8Array[];
  /** Lowest p_paddr and highest p_paddr + p_memsz of the loadable segments. */
  readonly start: number;
  readonly end: number;
}

const IDENT_BYTES = 16;
const ELFCLASS32 = 1;
const ELFCLASS64 = 2;
const ELFDATA2LSB = 1;
const ET_EXEC = 2;
const ET_DYN = 3;
const PT_LOAD = 1;
const PT_NOTE = 4;
/** Flags of a segment that a loader takes: writable or executable. */
const PF_X = 1;
const PF_W = 2;
/** More program headers than any real image has: a corrupted header. */
const MAX_PROGRAM_HEADERS = 256;

interface Layout {
  readonly headerBytes: number;
  readonly programHeaderBytes: number;
  readonly entry: number;
  readonly phoff: number;
  readonly phentsize: number;
  readonly phnum: number;
  readonly segmentFlags: number;
  readonly segmentOffset: number;
  readonly segmentVaddr: number;
  readonly segmentPaddr: number;
  readonly segmentFilesz: number;
  readonly segmentMemsz: number;
}

const LAYOUT_32: Layout = {
  headerBytes: 52,
  programHeaderBytes: 32,
  entry: 24,
  phoff: 28,
  phentsize: 42,
  phnum: 44,
  segmentFlags: 24,
  segmentOffset: 4,
  segmentVaddr: 8,
  segmentPaddr: 12,
  segmentFilesz: 16,
  segmentMemsz: 20,
};

const LAYOUT_64: Layout = {
  headerBytes: 64,
  programHeaderBytes: 56,
  entry: 24,
  phoff: 32,
  phentsize: 54,
  phnum: 56,
  segmentFlags: 4,
  segmentOffset: 8,
  segmentVaddr: 16,
  segmentPaddr: 24,
  segmentFilesz: 32,
  segmentMemsz: 40,
};

class Reader {
  private readonly view: DataView;
  constructor(
    private readonly bytes: Uint8Array,
    private readonly wide: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  half(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  word(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  /** A virtual address: kernels link themselves to the end of the address space. */
  linear(offset: number): bigint {
    return this.wide ? this.view.getBigUint64(offset, true) : BigInt(this.word(offset));
  }

  /** An address or size of the class's width. */
  natural(offset: number, what: string): number {
    const value = this.linear(offset);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ElfError(`${what} is ${value.toString()}: out of range`);
    return Number(value);
  }

  slice(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(offset, offset + length);
  }
}

function readIdent(bytes: Uint8Array): Layout {
  const isElf = bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
  if (bytes.length < IDENT_BYTES || !isElf) throw new ElfError('not an ELF file (no 7Fh "ELF" at its start)');
  if (bytes[5] !== ELFDATA2LSB) throw new ElfError('not little-endian (e_ident[EI_DATA])');
  const layout = bytes[4] === ELFCLASS32 ? LAYOUT_32 : bytes[4] === ELFCLASS64 ? LAYOUT_64 : undefined;
  if (layout === undefined) throw new ElfError(`unknown class ${String(bytes[4])} (e_ident[EI_CLASS])`);
  if (bytes.length < layout.headerBytes) throw new ElfError(`truncated: ${String(bytes.length)} bytes hold no ELF header`);
  return layout;
}

function readSegment(reader: Reader, layout: Layout, at: number, index: number, limits: ElfLimits, size: number): ElfSegment {
  const name = `segment ${String(index)}`;
  const offset = reader.natural(at + layout.segmentOffset, `${name}: p_offset`);
  const address = reader.natural(at + layout.segmentPaddr, `${name}: p_paddr`);
  const fileBytes = reader.natural(at + layout.segmentFilesz, `${name}: p_filesz`);
  const memoryBytes = reader.natural(at + layout.segmentMemsz, `${name}: p_memsz`);
  if (offset + fileBytes > size) throw new ElfError(`${name} ends at byte ${String(offset + fileBytes)} of ${String(size)}`);
  if (fileBytes > memoryBytes) throw new ElfError(`${name}: p_filesz is greater than p_memsz`);
  if (address + memoryBytes > limits.end) {
    throw new ElfError(`${name} would end at 0x${(address + memoryBytes).toString(16)}, past 0x${limits.end.toString(16)}`);
  }
  return { address, contents: reader.slice(offset, fileBytes), memoryBytes };
}

function readNotes(reader: Reader, layout: Layout, at: number, size: number): Uint8Array {
  const offset = reader.natural(at + layout.segmentOffset, 'notes: p_offset');
  const length = reader.natural(at + layout.segmentFilesz, 'notes: p_filesz');
  if (offset + length > size) throw new ElfError(`the notes end at byte ${String(offset + length)} of ${String(size)}`);
  return reader.slice(offset, length);
}

/** Where the entry lies in memory, when it is a virtual address of a segment that is loaded elsewhere. */
function physicalEntry(reader: Reader, layout: Layout, headers: readonly number[], entry: bigint): bigint {
  for (const at of headers) {
    const from = reader.linear(at + layout.segmentVaddr);
    if (entry >= from && entry - from < reader.linear(at + layout.segmentMemsz))
      return entry - from + reader.linear(at + layout.segmentPaddr);
  }
  return entry;
}

export interface ElfLimits {
  /** First physical address past the memory that segments may occupy. */
  readonly end: number;
  /** As boot loaders read it: they load read-only segments too, and enter a virtual address where its segment lies. */
  readonly bootLoader?: boolean;
  /** When given, the only class accepted. */
  readonly bits?: 32 | 64;
}

/**
 * Reads an executable's headers. Segments are views on `bytes`.
 * @throws ElfError with the field that is wrong.
 */
export function readElf(bytes: Uint8Array, limits: ElfLimits = { end: 2 ** 32 }): ElfImage {
  const layout = readIdent(bytes);
  const bits = layout === LAYOUT_64 ? 64 : 32;
  if (limits.bits !== undefined && limits.bits !== bits) {
    throw new ElfError(`a ${String(bits)}-bit image where a ${String(limits.bits)}-bit one is needed`);
  }
  const reader = new Reader(bytes, bits === 64);
  const type = reader.half(16);
  if (type !== ET_EXEC && type !== ET_DYN) throw new ElfError(`not an executable (e_type is ${String(type)})`);
  const table = reader.natural(layout.phoff, 'e_phoff');
  const count = reader.half(layout.phnum);
  const stride = reader.half(layout.phentsize);
  if (count === 0) throw new ElfError('no program headers (e_phnum is 0)');
  if (count > MAX_PROGRAM_HEADERS) throw new ElfError(`${String(count)} program headers (e_phnum)`);
  if (stride < layout.programHeaderBytes) throw new ElfError(`program headers of ${String(stride)} bytes (e_phentsize)`);
  if (table + count * stride > bytes.length) throw new ElfError('the program header table runs past the end of the file');
  const segments: ElfSegment[] = [];
  const notes: Uint8Array[] = [];
  const loaded: number[] = [];
  for (let index = 0; index < count; index++) {
    const at = table + index * stride;
    const flags = reader.word(at + layout.segmentFlags);
    if (reader.word(at) === PT_NOTE) notes.push(readNotes(reader, layout, at, bytes.length));
    if (reader.word(at) !== PT_LOAD || !(limits.bootLoader || flags & (PF_W | PF_X))) continue;
    if (limits.bootLoader && reader.linear(at + layout.segmentMemsz) === 0n) continue;
    loaded.push(at);
    segments.push(readSegment(reader, layout, at, index, limits, bytes.length));
  }
  if (segments.length === 0) throw new ElfError('nothing to load (no PT_LOAD segment)');
  const entry = reader.linear(layout.entry);
  return {
    bits,
    machine: reader.half(18),
    entry: Number(limits.bootLoader ? physicalEntry(reader, layout, loaded, entry) : entry),
    segments,
    notes,
    start: Math.min(...segments.map((segment) => segment.address)),
    end: Math.max(...segments.map((segment) => segment.address + segment.memoryBytes)),
  };
}
