/**
 * Video RAM on Xen: frames of the domain itself, which QEMU populates behind the guest's RAM and, for the standard adapter,
 * moves to the frame buffer's BAR while that decodes. The Cirrus adapter's frame buffer is emulated access by access.
 */
import { PAGE_BYTES } from '../../../quantities/units';
import type { Gfn, Gpa } from '../../../quantities/units';
import type { PhysicalMemory } from '../../core-host/types';
import type { AccessSize, Bus } from '../../bus/types';
import { MmioWindow } from '../../devices/pci/bar-window';
import type { VideoMemory } from '../../devices/vga/state';
import type { P2m } from './p2m';

export class XenVideoMemory implements VideoMemory {
  readonly name = 'xen-video-memory';
  readonly state: { gfn: Gfn };

  private readonly window: MmioWindow;
  private sink: ((size: AccessSize, value: number) => void) | undefined;

  constructor(
    readonly sizeBytes: number,
    private readonly homeGfn: Gfn,
    private readonly memory: PhysicalMemory,
    private readonly p2m: P2m,
    bus: Bus,
    /** The frames themselves appear at the BAR. */
    private readonly isMapped: boolean,
  ) {
    this.state = { gfn: homeGfn };
    this.window = new MmioWindow(bus, 'VGA frame buffer', sizeBytes, {
      read: (offset, size) => this.readValue(offset, size),
      write: (offset, size, value) => this.writeValue(offset, size, value),
    });
  }

  reset(): void {
    this.state.gfn = this.homeGfn;
  }

  /** For the frame buffer's BAR. */
  readonly mapFrameBuffer = (base: number | undefined): void => {
    if (!this.isMapped) {
      this.window.moveTo(base);
      return;
    }
    const to = base === undefined ? this.homeGfn : base / PAGE_BYTES;
    if (to === this.state.gfn) return;
    this.p2m.move(this.state.gfn, to, this.sizeBytes / PAGE_BYTES);
    this.state.gfn = to;
  };

  /** For the adapter whose frame buffer is emulated. */
  readonly intercept = (sink: ((size: AccessSize, value: number) => void) | undefined): void => {
    this.sink = sink;
  };

  private gpa(offset: number): Gpa {
    return this.state.gfn * PAGE_BYTES + offset;
  }

  readByte(offset: number): number {
    return this.memory.readByte(this.gpa(offset));
  }

  writeByte(offset: number, value: number): void {
    this.memory.writeByte(this.gpa(offset), value);
  }

  read(offset: number, length: number): Uint8Array {
    return this.memory.read(this.gpa(offset), length);
  }

  writable(offset: number, length: number): number {
    return Math.max(0, Math.min(length, this.sizeBytes - offset));
  }

  write(offset: number, bytes: Uint8Array): void {
    this.memory.write(this.gpa(offset), bytes);
  }

  /** Pages that nobody has touched are zero already and stay untouched. */
  clear(offset: number, length: number): void {
    const end = offset + length;
    for (let at = offset; at < end;) {
      const count = Math.min(end - at, PAGE_BYTES - (at % PAGE_BYTES));
      if (this.read(at, count).some((byte) => byte !== 0)) this.memory.write(this.gpa(at), new Uint8Array(count));
      at += count;
    }
  }

  private readValue(offset: number, size: AccessSize): number {
    return this.read(offset, size).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  private writeValue(offset: number, size: AccessSize, value: number): boolean {
    if (this.sink) {
      this.sink(size, value);
      return true;
    }
    const bytes = Uint8Array.from({ length: size }, (_, index) => (value >>> (8 * index)) & 0xff);
    this.memory.write(this.gpa(offset), bytes);
    return true;
  }
}
