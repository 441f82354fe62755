/**
 * BitBLT engine of the CL-GD5446 (Technical Reference Manual, chapter 9): copies in both directions, 8 by 8 patterns, color expansion of
 * monochrome sources, solid fills, sources from the host, the sixteen raster operations, and transparency. A blit is over when it
 * is started, for which time is charged; one with its source in the host's hands when that has written it all. Not modelled: destinations in the host (the host reads nothing).
 */
import type { VideoMemory } from './state';

/** Graphics registers of the engine; those of several bytes by their first. */
export const BLT = {
  BACKGROUND: [0x00, 0x10, 0x12, 0x14],
  FOREGROUND: [0x01, 0x11, 0x13, 0x15],
  WIDTH: 0x20,
  HEIGHT: 0x22,
  DESTINATION_PITCH: 0x24,
  SOURCE_PITCH: 0x26,
  DESTINATION: 0x28,
  DESTINATION_HIGH: 0x2a,
  SOURCE: 0x2c,
  SKIP: 0x2f,
  MODE: 0x30,
  START: 0x31,
  OPERATION: 0x32,
  EXTENSIONS: 0x33,
  KEY: 0x34,
} as const;

export const START = { BUSY: 0x01, START: 0x02, RESET: 0x04, PROGRESS: 0x08, AUTOSTART: 0x80 } as const;
const MODE = { BACKWARDS: 0x01, TO_HOST: 0x02, FROM_HOST: 0x04, TRANSPARENT: 0x08, PATTERN: 0x40, EXPAND: 0x80 } as const;
const EXTENSION = { DWORDS: 0x01, INVERT: 0x02, SOLID: 0x04 } as const;
const PATTERN_LINES = 8;

/** By the code in GR32: what becomes of a source and a destination byte. Other codes leave the destination as it is. */
const OPERATIONS: Readonly<Record<number, (source: number, destination: number) => number>> = {
  0x00: () => 0,
  0x05: (s, d) => s & d,
  0x06: (_, d) => d,
  0x09: (s, d) => s & ~d,
  0x0b: (_, d) => ~d,
  0x0d: (s) => s,
  0x0e: () => 0xff,
  0x50: (s, d) => ~s & d,
  0x59: (s, d) => s ^ d,
  0x6d: (s, d) => s | d,
  0x90: (s, d) => ~(s | d),
  0x95: (s, d) => ~(s ^ d),
  0xad: (s, d) => s | ~d,
  0xd0: (s) => ~s,
  0xd6: (s, d) => ~s | d,
  0xda: (s, d) => ~(s & d),
};

/** What the host has still to write, and what of it is there. */
export interface HostSource {
  /** Bytes to come, the filling of the last dword included; 0: no blit waits. */
  left: number;
  line: number;
  bytes: number[];
}

export const NO_HOST_SOURCE: HostSource = { left: 0, line: 0, bytes: [] };

/** One line of a source: its bytes as pixels, and where nothing is to be written. */
interface SourceLine {
  readonly pixels: Uint8Array;
  readonly isClear?: (pixel: number) => boolean;
}

export class CirrusBlt {
  constructor(
    private readonly vram: VideoMemory,
    private readonly registers: () => readonly number[],
    private readonly colors: () => readonly [background: number, foreground: number],
  ) {}

  /** Bytes of the destination. */
  get sizeBytes(): number {
    return this.width * this.height;
  }

  /** Does a blit. What the host has to write first is the answer. */
  start(): HostSource {
    const { mode } = this;
    if (mode & MODE.TO_HOST) return NO_HOST_SOURCE;
    if (mode & MODE.FROM_HOST && !this.isSolid) return { left: this.hostBytes, line: 0, bytes: [] };
    const pattern = mode & MODE.PATTERN && !this.isSolid ? this.readPattern() : undefined;
    for (let line = 0; line < this.height; line++) this.putLine(line, this.sourceLine(line, pattern));
    return NO_HOST_SOURCE;
  }

  /** A byte from the host; whole lines are drawn, a pattern when it is complete. */
  take(host: HostSource, byte: number): void {
    host.left--;
    host.bytes.push(byte);
    if (host.bytes.length < this.hostLineBytes || host.line >= this.height) return;
    const bytes = Uint8Array.from(host.bytes);
    host.bytes = [];
    if (this.mode & MODE.PATTERN) {
      for (; host.line < this.height; host.line++) this.putLine(host.line, this.patternLine(bytes, host.line));
      return;
    }
    this.putLine(host.line++, this.mode & MODE.EXPAND ? this.expand(bytes) : { pixels: bytes });
  }

  // ------------------------------------------------------------------------------- registers

  private word(at: number, mask: number): number {
    const registers = this.registers();
    return (registers[at]! | (registers[at + 1]! << 8)) & mask;
  }

  private address(at: number): number {
    return this.word(at, 0xffff) | ((this.registers()[at + 2]! & 0x3f) << 16);
  }

  private get mode(): number {
    return this.registers()[BLT.MODE]!;
  }

  private get extensions(): number {
    return this.registers()[BLT.EXTENSIONS]!;
  }

  /** In bytes. */
  private get width(): number {
    return this.word(BLT.WIDTH, 0x1fff) + 1;
  }

  private get height(): number {
    return this.word(BLT.HEIGHT, 0x7ff) + 1;
  }

  private get pixelBytes(): number {
    return ((this.mode >> 4) & 3) + 1;
  }

  private get widthPixels(): number {
    return Math.ceil(this.width / this.pixelBytes);
  }

  private get isSolid(): boolean {
    const kind = MODE.PATTERN | MODE.EXPAND;
    return (this.extensions & EXTENSION.SOLID) !== 0 && (this.mode & (kind | MODE.TRANSPARENT)) === kind;
  }

  /** Pixels left out at the start of each line; with 24 bits the register counts bytes. */
  private get skippedPixels(): number {
    const skip = this.registers()[BLT.SKIP]!;
    return this.pixelBytes === 3 ? Math.floor((skip & 0x1f) / 3) : skip & 7;
  }

  private color(index: 0 | 1): Uint8Array {
    const registers = this.registers();
    const numbers = index === 0 ? BLT.BACKGROUND : BLT.FOREGROUND;
    return Uint8Array.from(numbers, (register, byte) => (byte === 0 ? this.colors()[index] : registers[register]!));
  }

  // ------------------------------------------------------------------------------- sources

  private get hostLineBytes(): number {
    if (this.mode & MODE.PATTERN) return this.mode & MODE.EXPAND ? PATTERN_LINES : PATTERN_LINES * this.patternPitch;
    if (!(this.mode & MODE.EXPAND)) return (this.width + 3) & ~3;
    return this.extensions & EXTENSION.DWORDS ? Math.ceil(this.widthPixels / 32) * 4 : Math.ceil(this.widthPixels / 8);
  }

  private get hostBytes(): number {
    const lines = this.mode & MODE.PATTERN ? 1 : this.height;
    return (lines * this.hostLineBytes + 3) & ~3;
  }

  /** Lines of 24-bit patterns have the room of 32-bit ones. */
  private get patternPitch(): number {
    return 8 * (this.pixelBytes === 3 ? 4 : this.pixelBytes);
  }

  private readPattern(): Uint8Array {
    const bytes = this.mode & MODE.EXPAND ? PATTERN_LINES : PATTERN_LINES * this.patternPitch;
    const source = this.address(BLT.SOURCE);
    return this.read(source - (source % bytes), bytes);
  }

  private sourceLine(line: number, pattern: Uint8Array | undefined): SourceLine {
    const { mode } = this;
    if (this.isSolid) return { pixels: this.paint(() => 1) };
    if (pattern) return this.patternLine(pattern, line);
    const source = this.address(BLT.SOURCE);
    if (mode & MODE.EXPAND) {
      const bytes = Math.ceil(this.widthPixels / 8);
      return this.expand(this.read(source + line * bytes, bytes));
    }
    const pitch = this.word(BLT.SOURCE_PITCH, 0x1fff);
    return { pixels: this.read(this.lineStart(source, line * pitch), this.width) };
  }

  /** The low bits of the source address say which line of a pattern comes first. */
  private patternLine(pattern: Uint8Array, line: number): SourceLine {
    const row = (this.address(BLT.SOURCE) + line) & (PATTERN_LINES - 1);
    if (this.mode & MODE.EXPAND) return this.expand(Uint8Array.of(pattern[row]!), true);
    const { pixelBytes, patternPitch, width } = this;
    const pixels = new Uint8Array(width);
    for (let at = 0; at < width; at++) {
      const pixel = Math.floor(at / pixelBytes) & 7;
      pixels[at] = pattern[row * patternPitch + pixel * pixelBytes + (at % pixelBytes)]!;
    }
    return { pixels };
  }

  /** Bits, the highest first, become pixels of the two colors; with transparency those that are 0 become none. */
  private expand(bits: Uint8Array, repeats = false): SourceLine {
    const isTransparent = (this.mode & MODE.TRANSPARENT) !== 0;
    const inverted = isTransparent && (this.extensions & EXTENSION.INVERT) !== 0;
    const bit = (pixel: number): 0 | 1 => {
      const byte = bits[repeats ? 0 : pixel >> 3] ?? 0;
      return ((byte >> (7 - (pixel & 7))) & 1) as 0 | 1;
    };
    const drawn = inverted ? 0 : 1;
    if (!isTransparent) return { pixels: this.paint(bit) };
    return { pixels: this.paint(() => drawn), isClear: (pixel) => bit(pixel) !== drawn };
  }

  private paint(colorOf: (pixel: number) => 0 | 1): Uint8Array {
    const { width, pixelBytes } = this;
    const colors = [this.color(0), this.color(1)] as const;
    const pixels = new Uint8Array(width);
    for (let at = 0; at < width; at++) pixels[at] = colors[colorOf(Math.floor(at / pixelBytes))][at % pixelBytes]!;
    return pixels;
  }

  // ------------------------------------------------------------------------------- destination

  /** First byte of a line; backwards the addresses are those of the last. */
  private lineStart(address: number, distance: number): number {
    return this.mode & MODE.BACKWARDS ? address - distance - (this.width - 1) : address + distance;
  }

  private putLine(line: number, { pixels, isClear }: SourceLine): void {
    const { width, pixelBytes } = this;
    const pitch = this.word(BLT.DESTINATION_PITCH, 0x1fff);
    const start = this.lineStart(this.address(BLT.DESTINATION), line * pitch);
    const bytes = this.read(start, width);
    const operation = OPERATIONS[this.registers()[BLT.OPERATION]!] ?? OPERATIONS[0x06]!;
    const isKeyed = (this.mode & (MODE.TRANSPARENT | MODE.EXPAND)) === MODE.TRANSPARENT && pixelBytes <= 2;
    // Sources that are copied have nothing to leave out.
    const first = this.mode & (MODE.EXPAND | MODE.PATTERN) && !this.isSolid ? this.skippedPixels * pixelBytes : 0;
    const drawn = bytes.slice();
    for (let at = first; at < width; at++) {
      if (isClear?.(Math.floor(at / pixelBytes)) !== true) drawn[at] = operation(pixels[at]!, bytes[at]!);
    }
    for (let at = 0; isKeyed && at < width; at += pixelBytes) {
      if (this.isKey(drawn.subarray(at, at + pixelBytes))) drawn.set(bytes.subarray(at, at + pixelBytes), at);
    }
    this.write(start, drawn);
  }

  private isKey(pixel: Uint8Array): boolean {
    const registers = this.registers();
    return pixel.every((byte, index) => byte === registers[BLT.KEY + index]);
  }

  /** Addresses wrap at the end of video memory. */
  private read(address: number, length: number): Uint8Array {
    const { sizeBytes } = this.vram;
    const start = (address + sizeBytes) % sizeBytes;
    if (start + length <= sizeBytes) return this.vram.read(start, length);
    return Uint8Array.from({ length }, (_, index) => this.vram.readByte((start + index) % sizeBytes));
  }

  private write(address: number, bytes: Uint8Array): void {
    const { sizeBytes } = this.vram;
    const start = (address + sizeBytes) % sizeBytes;
    if (start + bytes.length <= sizeBytes) this.vram.write(start, bytes);
    else for (const [index, byte] of bytes.entries()) this.vram.writeByte((start + index) % sizeBytes, byte);
  }
}
