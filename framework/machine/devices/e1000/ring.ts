import type { DmaMemory } from '../../bus/types';
import { RDBAL } from './registers';

const DESCRIPTOR_BYTES = 16;
/** Base, length, head and tail are at the same distances for both rings. */
const BASE_HIGH = 0x04;
const LENGTH = 0x08;
const HEAD = 0x10;
const TAIL = 0x18;

/** A descriptor ring of the register file: the controller works from head to tail (SDM 3.2.6, 3.4). */
export class Ring {
  constructor(
    private readonly file: () => Uint32Array,
    private readonly memory: DmaMemory,
    private readonly base: number = RDBAL,
  ) {}

  private register(offset: number): number {
    return this.file()[(this.base + offset) / 4]!;
  }

  /** Descriptors of the ring; 0: there is none. */
  get size(): number {
    return (this.register(LENGTH) & 0xf_ff80) / DESCRIPTOR_BYTES;
  }

  /** Descriptors that the guest has given to the controller. */
  get available(): number {
    const { size } = this;
    if (size === 0) return 0;
    return (((this.register(TAIL) & 0xffff) % size) - this.head + size) % size;
  }

  private get head(): number {
    return (this.register(HEAD) & 0xffff) % this.size;
  }

  private get gpa(): number {
    const low = this.register(0) & ~0xf;
    return (low >>> 0) + this.register(BASE_HIGH) * 2 ** 32 + this.head * DESCRIPTOR_BYTES;
  }

  read(): DataView {
    const bytes = this.memory.read(this.gpa, DESCRIPTOR_BYTES);
    return new DataView(bytes.buffer, bytes.byteOffset, DESCRIPTOR_BYTES);
  }

  /** Writes bytes of the descriptor at the head back. */
  write(offset: number, bytes: Uint8Array): void {
    this.memory.write(this.gpa + offset, bytes);
  }

  advance(): void {
    this.file()[(this.base + HEAD) / 4] = (this.head + 1) % this.size;
  }
}

export function address(descriptor: DataView): number {
  return descriptor.getUint32(0, true) + descriptor.getUint32(4, true) * 2 ** 32;
}
