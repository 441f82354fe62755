import type { Bytes, Gfn, Gpa } from '../../quantities/units';
import { PAGE_BYTES } from '../../quantities/units';
import { MAP_DIRECTORY, PAGE_HOLE, PAGE_KIND_MASK, PAGE_RAM, PAGE_ROM, PAGE_SMM_ONLY, PAGE_UNTOUCHED } from '../core/layout/memory-map';
import { FRAMES_USED } from '../core/layout/run-state';
import type { CoreExports } from './core-exports';
import type { PhysicalMemory } from './types';
import type { Views } from './views';

const RUN_FRAMES = 1024;
const MOST_GFN = 2 ** 40;

/** A run of 1024 gfns of the map: where its entries stand, or the one entry that all of them have. */
interface DirectoryRun {
  readonly first: Gfn;
  readonly leaf: number | undefined;
  readonly uniform: number;
}

/** One stretch of equal access with consecutive frames. */
export interface MapStretch {
  gfn: Gfn;
  count: number;
  frame: number;
  access: 'ram' | 'rom' | 'untouched';
  smmOnly: boolean;
}

function accessOf(entry: number): MapStretch['access'] | undefined {
  switch (entry & PAGE_KIND_MASK) {
    case PAGE_RAM:
      return 'ram';
    case PAGE_ROM:
      return 'rom';
    case PAGE_UNTOUCHED:
      return 'untouched';
    default:
      return undefined;
  }
}

/** Guest-physical memory over the runtime's map and frame pool. */
export class GuestMemory implements PhysicalMemory {
  constructor(
    private readonly exports: CoreExports,
    private readonly views: Views,
    private readonly allocated: Set<number>,
  ) {}

  private check(gfn: Gfn, count = 1): void {
    if (!Number.isInteger(gfn) || !Number.isInteger(count) || gfn < 0 || count < 0 || gfn + count > MOST_GFN) {
      throw new RangeError(`guest frames ${gfn} + ${count} are outside of the 52-bit physical address space`);
    }
  }

  populate(gfn: Gfn, count: number): void {
    this.check(gfn, count);
    this.exports.populate(gfn, count);
  }

  allocateFrame(): number {
    const frame = this.exports.allocateFrame() >>> 0;
    this.allocated.add(frame);
    return frame;
  }

  map(gfn: Gfn, frame: number, access: 'ram' | 'rom'): void {
    this.check(gfn);
    if (!this.exports.mapFrame(gfn, frame, access === 'rom')) throw new RangeError(`no frame ${frame} is allocated`);
  }

  unmap(gfn: Gfn, count: number): void {
    this.check(gfn, count);
    this.exports.unmap(gfn, count);
  }

  move(from: Gfn, to: Gfn): void {
    this.check(from);
    this.check(to);
    this.exports.movePage(from, to);
  }

  setSmmOnly(gfn: Gfn, count: number, on: boolean): void {
    this.check(gfn, count);
    this.exports.setSmmOnly(gfn, count, on);
  }

  kind(gfn: Gfn): 'ram' | 'rom' | 'hole' {
    this.check(gfn);
    const kind = this.exports.kindAt(gfn);
    if (kind === PAGE_HOLE) return 'hole';
    return kind === PAGE_ROM ? 'rom' : 'ram';
  }

  frameAt(gfn: Gfn): number | undefined {
    this.check(gfn);
    const frame = this.exports.frameAt(gfn) >>> 0;
    return frame === 0 ? undefined : frame;
  }

  read(gpa: Gpa, length: Bytes): Uint8Array {
    return this.copy(gpa, length, (gfn) => this.exports.pageForRead(gfn));
  }

  /** As `read`, with SMRAM where the selected vCPU sees it. */
  readAsCpu(gpa: Gpa, length: Bytes): Uint8Array {
    return this.copy(gpa, length, (gfn) => this.exports.pageForCpu(gfn));
  }

  private copy(gpa: Gpa, length: Bytes, pageAt: (gfn: number) => number): Uint8Array {
    const out = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const at = gpa + done;
      const offset = at % PAGE_BYTES;
      const size = Math.min(PAGE_BYTES - offset, length - done);
      const host = pageAt((at - offset) / PAGE_BYTES) >>> 0;
      if (host === 0) out.fill(0xff, done, done + size);
      else out.set(this.views.bytes.subarray(host + offset, host + offset + size), done);
      done += size;
    }
    return out;
  }

  write(gpa: Gpa, bytes: Uint8Array, force = false): void {
    for (let done = 0; done < bytes.length;) {
      const at = gpa + done;
      const offset = at % PAGE_BYTES;
      const size = Math.min(PAGE_BYTES - offset, bytes.length - done);
      const host = this.exports.pageForWrite((at - offset) / PAGE_BYTES, offset, size, force) >>> 0;
      if (host !== 0) this.views.bytes.set(bytes.subarray(done, done + size), host + offset);
      done += size;
    }
  }

  readByte(gpa: Gpa): number {
    const offset = gpa % PAGE_BYTES;
    const host = this.exports.pageForRead((gpa - offset) / PAGE_BYTES) >>> 0;
    return host === 0 ? 0xff : this.views.u8(host + offset);
  }

  writeByte(gpa: Gpa, value: number): void {
    const offset = gpa % PAGE_BYTES;
    const host = this.exports.pageForWrite((gpa - offset) / PAGE_BYTES, offset, 1, false) >>> 0;
    if (host !== 0) this.views.bytes[host + offset] = value;
  }

  readFrame(frame: number, offset: number, length: Bytes): Uint8Array {
    const host = (this.exports.frameForRead(frame) >>> 0) + offset;
    return this.views.bytes.slice(host, host + length);
  }

  readFrameByte(frame: number, offset: number): number {
    return this.views.u8((this.exports.frameForRead(frame) >>> 0) + offset);
  }

  writeFrameByte(frame: number, offset: number, value: number): void {
    const host = this.exports.frameForWrite(frame, offset, 1) >>> 0;
    this.views.bytes[host] = value;
  }

  writeFrame(frame: number, offset: number, bytes: Uint8Array): void {
    if (offset + bytes.length > PAGE_BYTES) throw new RangeError('a frame has 4096 bytes');
    if (bytes.length === 0) return;
    const host = this.exports.frameForWrite(frame, offset, bytes.length) >>> 0;
    this.views.bytes.set(bytes, host);
  }

  private runs(): DirectoryRun[] {
    const found: DirectoryRun[] = [];
    const used = this.exports.mapSlotsUsed();
    for (let slot = MAP_DIRECTORY, seen = 0; seen < used; slot += 8) {
      const key = this.views.u32(slot);
      if (key === 0) continue;
      seen++;
      const value = this.views.u32(slot + 4);
      if (value === 0) continue;
      const isLeaf = (value & 1) !== 0;
      found.push({ first: (key - 1) * RUN_FRAMES, leaf: isLeaf ? value - 1 : undefined, uniform: isLeaf ? 0 : value >>> 1 });
    }
    return found.sort((a, b) => a.first - b.first);
  }

  takeDirty(limit: Gfn): Gfn[] {
    const dirty: Gfn[] = [];
    for (let gfn = this.exports.nextDirty(limit); gfn >= 0; gfn = this.exports.nextDirty(limit)) dirty.push(gfn);
    this.exports.dirtyTaken();
    return dirty.sort((a, b) => a - b);
  }

  get allocatedBytes(): Bytes {
    return this.views.u32(FRAMES_USED) * PAGE_BYTES;
  }

  /** The whole map, ascending. */
  stretches(): MapStretch[] {
    const found: MapStretch[] = [];
    let last: MapStretch | undefined;
    const add = (gfn: Gfn, count: number, entry: number): void => {
      const access = accessOf(entry);
      if (access === undefined) return;
      const frame = access === 'untouched' ? 0 : entry >>> 12;
      const smmOnly = (entry & PAGE_SMM_ONLY) !== 0;
      const follows =
        last?.access === access &&
        last.smmOnly === smmOnly &&
        last.gfn + last.count === gfn &&
        (frame === 0 || last.frame + last.count === frame);
      if (last !== undefined && follows) last.count += count;
      else found.push((last = { gfn, count, frame, access, smmOnly }));
    };
    for (const { first, leaf, uniform } of this.runs()) {
      if (leaf === undefined) add(first, RUN_FRAMES, uniform);
      else for (let index = 0; index < RUN_FRAMES; index++) add(first + index, 1, this.views.u32(leaf + index * 4));
    }
    return found;
  }

  ranges(): { first: Gfn; last: Gfn; kind: 'ram' | 'rom' }[] {
    const found: { first: Gfn; last: Gfn; kind: 'ram' | 'rom' }[] = [];
    for (const { gfn, count, access } of this.stretches()) {
      const kind = access === 'rom' ? 'rom' : 'ram';
      const last = found[found.length - 1];
      if (last?.kind === kind && last.last + 1 === gfn) last.last += count;
      else found.push({ first: gfn, last: gfn + count - 1, kind });
    }
    return found;
  }
}
