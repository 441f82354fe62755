import { PAGE_BYTES } from '../../../quantities/units';
import type { Bytes, Gpa } from '../../../quantities/units';
import type { Stateful } from '../../bus/types';
import type { PhysicalMemory } from '../../core-host/types';
import type { FlashArray } from '../../devices/cfi-flash/cfi-flash';

/**
 * The bytes of a flash chip or ROM, in frames of their own that the guest reads and executes directly. The image ends at `end`; its
 * first page is filled in front with FFh, as erased flash.
 */
export class FlashBank implements FlashArray, Stateful<{ frames: number[] }> {
  readonly state: { frames: number[] };
  readonly baseGpa: Gpa;
  readonly sizeBytes: Bytes;

  constructor(
    readonly name: string,
    private readonly memory: PhysicalMemory,
    image: Uint8Array,
    end: Gpa,
  ) {
    const pages = Math.ceil(image.length / PAGE_BYTES);
    this.sizeBytes = pages * PAGE_BYTES;
    this.baseGpa = end - this.sizeBytes;
    const padded = new Uint8Array(this.sizeBytes).fill(0xff);
    padded.set(image, this.sizeBytes - image.length);
    const frames = Array.from({ length: pages }, (_, page) => {
      const frame = memory.allocateFrame();
      memory.writeFrame(frame, 0, padded.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES));
      return frame;
    });
    this.state = { frames };
    this.show(true);
  }

  read(offset: Bytes, length: Bytes): Uint8Array {
    const bytes = new Uint8Array(length);
    for (const { frame, at, done, size } of this.pieces(offset, length)) bytes.set(this.memory.readFrame(frame, at, size), done);
    return bytes;
  }

  write(offset: Bytes, bytes: Uint8Array): void {
    for (const { frame, at, done, size } of this.pieces(offset, bytes.length)) {
      this.memory.writeFrame(frame, at, bytes.subarray(done, done + size));
    }
  }

  show(isDirect: boolean): void {
    const first = this.baseGpa / PAGE_BYTES;
    const { frames } = this.state;
    if (!isDirect) return this.memory.unmap(first, frames.length);
    frames.forEach((frame, page) => this.memory.map(first + page, frame, 'rom'));
  }

  private *pieces(offset: Bytes, length: Bytes): Iterable<{ frame: number; at: number; done: number; size: number }> {
    for (let done = 0; done < length;) {
      const at = (offset + done) % PAGE_BYTES;
      const size = Math.min(PAGE_BYTES - at, length - done);
      yield { frame: this.state.frames[Math.floor((offset + done) / PAGE_BYTES)]!, at, done, size };
      done += size;
    }
  }
}
