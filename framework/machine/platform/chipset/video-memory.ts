import { PAGE_BYTES } from '../../../quantities/units';
import type { AccessSize, Bus, Stateful } from '../../bus/types';
import type { PhysicalMemory } from '../../core-host/types';
import { MmioWindow } from '../../devices/pci/bar-window';
import type { VideoMemory } from '../../devices/vga/state';

/** A page without a frame: it was never written and reads 0. */
const UNTOUCHED = -1;

interface Piece {
  readonly page: number;
  /** Of its first byte, in the page and in the whole. */
  readonly at: number;
  readonly done: number;
  readonly piece: number;
}

/** A stretch, page by page. */
function* piecesOf(offset: number, length: number): IterableIterator<Piece> {
  for (let done = 0; done < length;) {
    const at = (offset + done) % PAGE_BYTES;
    const piece = Math.min(length - done, PAGE_BYTES - at);
    yield { page: Math.floor((offset + done) / PAGE_BYTES), at, done, piece };
    done += piece;
  }
}

interface FramesState {
  /** Host frame of each page. */
  frames: number[];
}

/**
 * Video memory in frames of the machine's memory, allocated as pages are first written. While the linear frame buffer decodes,
 * pages with a frame are plain memory to the guest; the others are served here, and become memory on their first write. Where the
 * guest puts the frame buffer over something else, that stays.
 */
export class FrameVideoMemory implements VideoMemory, Stateful<FramesState> {
  readonly name = 'video-memory';
  readonly state: FramesState;
  private base: number | undefined;
  private sink: ((size: AccessSize, value: number) => void) | undefined;
  private readonly window: MmioWindow;

  constructor(
    readonly sizeBytes: number,
    private readonly memory: PhysicalMemory,
    bus: Bus,
  ) {
    this.state = { frames: new Array<number>(sizeBytes / PAGE_BYTES).fill(UNTOUCHED) };
    this.window = new MmioWindow(bus, 'VGA frame buffer', sizeBytes, {
      read: (offset, size) => this.readValue(offset, size),
      write: (offset, size, value) => this.writeValue(offset, size, value),
    });
  }

  /** For the frame buffer's BAR. */
  readonly mapFrameBuffer = (base: number | undefined): void => {
    if (this.base !== undefined) this.forEachMapped(this.base, (gfn) => this.memory.unmap(gfn, 1));
    this.base = base;
    this.window.moveTo(base);
    this.mapPages();
  };

  readonly intercept = (sink: ((size: AccessSize, value: number) => void) | undefined): void => {
    const wasMapped = this.sink === undefined;
    this.sink = sink;
    if (wasMapped && sink && this.base !== undefined) this.forEachMapped(this.base, (gfn) => this.memory.unmap(gfn, 1));
    else if (!wasMapped && !sink) this.mapPages();
  };

  private mapPages(): void {
    for (const [page, frame] of this.state.frames.entries()) if (frame !== UNTOUCHED) this.mapPage(page, frame);
  }

  private forEachMapped(base: number, action: (gfn: number) => void): void {
    const first = base / PAGE_BYTES;
    for (const [page, frame] of this.state.frames.entries()) {
      if (frame !== UNTOUCHED && this.memory.frameAt(first + page) === frame) action(first + page);
    }
  }

  private mapPage(page: number, frame: number): void {
    if (this.base === undefined || this.sink) return;
    const gfn = this.base / PAGE_BYTES + page;
    if (this.memory.kind(gfn) === 'hole') this.memory.map(gfn, frame, 'ram');
  }

  private frame(page: number): number {
    const known = this.state.frames[page];
    if (known === undefined) throw new RangeError(`video memory has no page ${page}`);
    if (known !== UNTOUCHED) return known;
    const frame = this.memory.allocateFrame();
    this.state.frames[page] = frame;
    this.mapPage(page, frame);
    return frame;
  }

  readByte(offset: number): number {
    const frame = this.state.frames[Math.floor(offset / PAGE_BYTES)] ?? UNTOUCHED;
    return frame === UNTOUCHED ? 0 : this.memory.readFrameByte(frame, offset % PAGE_BYTES);
  }

  writeByte(offset: number, value: number): void {
    this.memory.writeFrameByte(this.frame(Math.floor(offset / PAGE_BYTES)), offset % PAGE_BYTES, value);
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (const { page, at, done, piece } of piecesOf(offset, length)) {
      const frame = this.state.frames[page] ?? UNTOUCHED;
      if (frame !== UNTOUCHED) bytes.set(this.memory.readFrame(frame, at, piece), done);
    }
    return bytes;
  }

  writable(offset: number, length: number): number {
    let page = Math.floor(offset / PAGE_BYTES);
    while (page * PAGE_BYTES < offset + length && (this.state.frames[page] ?? UNTOUCHED) !== UNTOUCHED) page++;
    return Math.max(0, Math.min(length, page * PAGE_BYTES - offset));
  }

  write(offset: number, bytes: Uint8Array): void {
    for (const { page, at, done, piece } of piecesOf(offset, bytes.length)) {
      this.memory.writeFrame(this.frame(page), at, bytes.subarray(done, done + piece));
    }
  }

  clear(offset: number, length: number): void {
    for (const { page, at, piece } of piecesOf(offset, length)) {
      const frame = this.state.frames[page] ?? UNTOUCHED;
      if (frame !== UNTOUCHED) this.memory.writeFrame(frame, at, new Uint8Array(piece));
    }
  }

  private readValue(offset: number, size: AccessSize): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.readByte(offset + i);
    return value;
  }

  private writeValue(offset: number, size: AccessSize, value: number): boolean {
    if (this.sink) {
      this.sink(size, value);
      return true;
    }
    for (let i = 0; i < size; i++) this.writeByte(offset + i, (value >>> (8 * i)) & 0xff);
    return true;
  }
}
