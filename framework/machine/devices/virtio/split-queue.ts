/** Split virtqueue, device side (Virtual I/O Device specification 1.2, 2.7). Not modelled: indirect descriptors and event indexes (not offered). */
import type { Bytes, Gpa } from '../../../quantities/units';
import type { DmaMemory } from '../../bus/types';

const QUEUE_SIZE = 256;

export interface QueueState {
  size: number;
  enabled: boolean;
  descriptors: Gpa;
  available: Gpa;
  used: Gpa;
  /** Next entry of the available ring to take, modulo 2^16. */
  next: number;
}

export interface Buffer {
  readonly gpa: Gpa;
  readonly bytes: Bytes;
  readonly isWritable: boolean;
}

export interface Chain {
  readonly head: number;
  readonly buffers: readonly Buffer[];
}

const DESCRIPTOR_BYTES = 16;
const FLAG_NEXT = 1;
const FLAG_WRITE = 2;
const RING_HEADER_BYTES = 4;
const USED_BYTES = 8;
const NO_INTERRUPT = 1;

export function resetQueue(): QueueState {
  return { size: QUEUE_SIZE, enabled: false, descriptors: 0, available: 0, used: 0, next: 0 };
}

/** The driver has put a chain into the ring that no device can follow: it has to be reset. */
export class BrokenQueue extends Error {
  override readonly name = 'BrokenQueue';
}

export class SplitQueue {
  constructor(
    private readonly memory: DmaMemory,
    private readonly state: () => QueueState,
  ) {}

  get hasWork(): boolean {
    const { enabled, available, next } = this.state();
    return enabled && this.u16(available + 2) !== next;
  }

  /** The next chain that the driver offers. @throws BrokenQueue */
  take(): Chain | undefined {
    const queue = this.state();
    if (!this.hasWork) return undefined;
    const head = this.u16(queue.available + RING_HEADER_BYTES + 2 * (queue.next % queue.size));
    queue.next = (queue.next + 1) & 0xffff;
    const buffers: Buffer[] = [];
    for (let index: number | undefined = head; index !== undefined;) {
      if (index >= queue.size || buffers.length === queue.size) throw new BrokenQueue('a chain leaves the table or goes in circles');
      const view = this.view(queue.descriptors + DESCRIPTOR_BYTES * index, DESCRIPTOR_BYTES);
      const flags = view.getUint16(12, true);
      const gpa = Number(view.getBigUint64(0, true) & ((1n << 52n) - 1n));
      buffers.push({ gpa, bytes: view.getUint32(8, true), isWritable: (flags & FLAG_WRITE) !== 0 });
      index = flags & FLAG_NEXT ? view.getUint16(14, true) : undefined;
    }
    return { head, buffers };
  }

  /** Gives a chain back. true: the driver wants to be interrupted. */
  give(head: number, written: Bytes): boolean {
    const { used, size, available } = this.state();
    const index = this.u16(used + 2);
    const entry = new DataView(new ArrayBuffer(USED_BYTES));
    entry.setUint32(0, head, true);
    entry.setUint32(4, written, true);
    this.memory.write(used + RING_HEADER_BYTES + USED_BYTES * (index % size), new Uint8Array(entry.buffer));
    this.memory.write(used + 2, Uint8Array.of((index + 1) & 0xff, ((index + 1) >> 8) & 0xff));
    return (this.u16(available) & NO_INTERRUPT) === 0;
  }

  private u16(gpa: Gpa): number {
    return this.view(gpa, 2).getUint16(0, true);
  }

  private view(gpa: Gpa, bytes: Bytes): DataView {
    const read = this.memory.read(gpa, bytes);
    return new DataView(read.buffer, read.byteOffset, bytes);
  }
}
