/** Guest memory without a core, for tests of what the hypervisor and the tool stack do to it. */
import { PAGE_BYTES } from '../../../quantities/units';
import type { Bytes, Gfn, Gpa } from '../../../quantities/units';
import type { PhysicalMemory } from '../../core-host/types';

interface Mapping {
  frame: number;
  access: 'ram' | 'rom';
}

export class PlainMemory implements PhysicalMemory {
  private readonly frames: Uint8Array[] = [];
  private readonly map_ = new Map<Gfn, Mapping | 'untouched'>();

  populate(gfn: Gfn, count: number): void {
    for (let page = gfn; page < gfn + count; page++) this.map_.set(page, 'untouched');
  }

  allocateFrame(): number {
    this.frames.push(new Uint8Array(PAGE_BYTES));
    return this.frames.length - 1;
  }

  map(gfn: Gfn, frame: number, access: 'ram' | 'rom'): void {
    this.map_.set(gfn, { frame, access });
  }

  unmap(gfn: Gfn, count: number): void {
    for (let page = gfn; page < gfn + count; page++) this.map_.delete(page);
  }

  move(from: Gfn, to: Gfn): void {
    const mapping = this.map_.get(from);
    this.map_.delete(from);
    if (mapping !== undefined) this.map_.set(to, mapping);
  }

  kind(gfn: Gfn): 'ram' | 'rom' | 'hole' {
    const mapping = this.map_.get(gfn);
    if (mapping === undefined) return 'hole';
    return mapping === 'untouched' ? 'ram' : mapping.access;
  }

  frameAt(gfn: Gfn): number | undefined {
    const mapping = this.map_.get(gfn);
    if (mapping !== 'untouched') return mapping?.frame;
    const frame = this.allocateFrame();
    this.map_.set(gfn, { frame, access: 'ram' });
    return frame;
  }

  read(gpa: Gpa, length: Bytes): Uint8Array {
    return Uint8Array.from({ length }, (_, offset) => {
      const mapping = this.map_.get(Math.floor((gpa + offset) / PAGE_BYTES));
      if (mapping === undefined) return 0xff;
      return mapping === 'untouched' ? 0 : (this.frames[mapping.frame]?.[(gpa + offset) % PAGE_BYTES] ?? 0);
    });
  }

  write(gpa: Gpa, bytes: Uint8Array): void {
    bytes.forEach((byte, offset) => {
      const frame = this.frameAt(Math.floor((gpa + offset) / PAGE_BYTES));
      if (frame !== undefined) this.writeFrame(frame, (gpa + offset) % PAGE_BYTES, Uint8Array.of(byte));
    });
  }

  readByte(gpa: Gpa): number {
    return this.read(gpa, 1)[0]!;
  }

  writeByte(gpa: Gpa, value: number): void {
    this.write(gpa, Uint8Array.of(value));
  }

  readFrame(frame: number, offset: number, length: Bytes): Uint8Array {
    return (this.frames[frame] ?? new Uint8Array(0)).slice(offset, offset + length);
  }

  writeFrame(frame: number, offset: number, bytes: Uint8Array): void {
    this.frames[frame]?.set(bytes, offset);
  }

  readFrameByte(frame: number, offset: number): number {
    return this.frames[frame]?.[offset] ?? 0;
  }

  writeFrameByte(frame: number, offset: number, value: number): void {
    this.writeFrame(frame, offset, Uint8Array.of(value));
  }

  setSmmOnly(): void {
    throw new Error('a Xen guest has no SMRAM');
  }

  takeDirty(): Gfn[] {
    return [];
  }

  get allocatedBytes(): Bytes {
    return this.frames.length * PAGE_BYTES;
  }

  ranges(): { first: Gfn; last: Gfn; kind: 'ram' | 'rom' }[] {
    return [...this.map_.keys()].sort((a, b) => a - b).map((gfn) => ({ first: gfn, last: gfn, kind: 'ram' as const }));
  }
}
