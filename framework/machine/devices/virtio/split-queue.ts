/** Split virtqueue, device side (Virtual I/O Device specification 1.2, 2.7). */
import type { Bytes, Gpa } from '../../../quantities/units';
import type { DmaMemory } from '../../bus/types';

const QUEUE_SIZE = 256;
/** Of a chain in a table of its own. */
const MAX_INDIRECT = 1024;
export const NO_VECTOR = 0xffff;
/** Features of the queue, for whoever negotiates. */
export const QUEUE_FEATURES = { INDIRECT: 1n << 28n, EVENT_INDEX: 1n << 29n } as const;

export interface QueueState {
  size: number;
  enabled: boolean;
  descriptors: Gpa;
  available: Gpa;
  used: Gpa;
  /** Next entry of the available ring to take, modulo 2^16. */
  next: number;
  /** MSI-X vector of its interrupts. */
  vector: number;
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
const FLAG_INDIRECT = 4;
const RING_HEADER_BYTES = 4;
const USED_BYTES = 8;
const NO_INTERRUPT = 1;

export function resetQueue(): QueueState {
  return { size: QUEUE_SIZE, enabled: false, descriptors: 0, available: 0, used: 0, next: 0, vector: NO_VECTOR };
}

/** The driver has put a chain into the ring that no device can follow: it has to be reset. */
export class BrokenQueue extends Error {
  override readonly name = 'BrokenQueue';
}

export class SplitQueue {
  constructor(
    private readonly memory: DmaMemory,
    private readonly state: () => QueueState,
    /** Features as negotiated. */
    private readonly features: () => bigint,
  ) {}

  private get hasEventIndexes(): boolean {
    return (this.features() & QUEUE_FEATURES.EVENT_INDEX) !== 0n;
  }

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
    // The chain after this one is worth a notification.
    if (this.hasEventIndexes) this.putU16(queue.used + RING_HEADER_BYTES + USED_BYTES * queue.size, queue.next);
    return { head, buffers: this.follow(head, queue) };
  }

  private follow(head: number, { descriptors, size }: QueueState): Buffer[] {
    const buffers: Buffer[] = [];
    let table = { gpa: descriptors, entries: size, isIndirect: false };
    for (let index: number | undefined = head; index !== undefined;) {
      if (index >= table.entries || buffers.length === Math.max(size, table.isIndirect ? MAX_INDIRECT : 0)) {
        throw new BrokenQueue('a chain leaves the table or goes in circles');
      }
      const view = this.view(table.gpa + DESCRIPTOR_BYTES * index, DESCRIPTOR_BYTES);
      const [flags, bytes] = [view.getUint16(12, true), view.getUint32(8, true)];
      const gpa = Number(view.getBigUint64(0, true) & ((1n << 52n) - 1n));
      if (flags & FLAG_INDIRECT) {
        const isAllowed = (this.features() & QUEUE_FEATURES.INDIRECT) !== 0n && !table.isIndirect && !(flags & FLAG_NEXT);
        if (!isAllowed || bytes % DESCRIPTOR_BYTES !== 0) throw new BrokenQueue('an indirect table where none can be');
        table = { gpa, entries: bytes / DESCRIPTOR_BYTES, isIndirect: true };
        index = 0;
        continue;
      }
      buffers.push({ gpa, bytes, isWritable: (flags & FLAG_WRITE) !== 0 });
      index = flags & FLAG_NEXT ? view.getUint16(14, true) : undefined;
    }
    return buffers;
  }

  /** Gives a chain back. true: the driver wants to be interrupted. */
  give(head: number, written: Bytes): boolean {
    const { used, size, available } = this.state();
    const index = this.u16(used + 2);
    const entry = new DataView(new ArrayBuffer(USED_BYTES));
    entry.setUint32(0, head, true);
    entry.setUint32(4, written, true);
    this.memory.write(used + RING_HEADER_BYTES + USED_BYTES * (index % size), new Uint8Array(entry.buffer));
    this.putU16(used + 2, index + 1);
    if (this.hasEventIndexes) return this.u16(available + RING_HEADER_BYTES + 2 * size) === index;
    return (this.u16(available) & NO_INTERRUPT) === 0;
  }

  private putU16(gpa: Gpa, value: number): void {
    this.memory.write(gpa, Uint8Array.of(value & 0xff, (value >> 8) & 0xff));
  }

  private u16(gpa: Gpa): number {
    return this.view(gpa, 2).getUint16(0, true);
  }

  private view(gpa: Gpa, bytes: Bytes): DataView {
    const read = this.memory.read(gpa, bytes);
    return new DataView(read.buffer, read.byteOffset, bytes);
  }
}
