/**
 * The p2m: which machine frame is behind each guest frame. It is kept apart from the core's memory map (which knows
 * host memory only), as runs of guest frames whose machine frames come in the order that the allocator handed them
 * out; so gigabytes of untouched guest memory are a handful of objects. Every change is a trace event.
 */
import type { Gfn, Mfn } from '../../../quantities/units';
import type { TraceSink } from '../../../trace/sink';
import type { PhysicalMemory } from '../../core-host/types';
import { extentFrames, machineFrame, poolFrames } from './machine-frames';
import type { FramePool } from './machine-frames';

/** `count` guest frames from `gfn` are frames `first`… of a pool. */
interface Run {
  gfn: Gfn;
  count: number;
  pool: FramePool;
  first: number;
}

interface FreeFrames {
  pool: FramePool;
  first: number;
  count: number;
}

export interface P2mState {
  /** Ascending by gfn, disjoint. */
  runs: Run[];
  /** Pages that the domain owns; pages of the hypervisor mapped into it do not count. */
  totalPages: number;
  next: Record<FramePool, number>;
  /** Frames that the domain gave back, last in first out. */
  free: FreeFrames[];
}

function emptyState(): P2mState {
  return { runs: [], totalPages: 0, next: { '4k': 0, '2m': 0, '1g': 0, xen: 0 }, free: [] };
}

/** First guest frame past the 40 bits of guest-physical address space. */
const MAX_GFN: Gfn = 2 ** 28;

/** What a frame is for the guest: `ram`, a page of the hypervisor, or nothing (accesses go to devices). */
export type P2mType = 'ram_rw' | 'xen' | 'mmio_dm';

export interface P2mEntry {
  readonly mfn: Mfn;
  readonly type: P2mType;
}

export class P2m {
  readonly name = 'p2m';
  readonly state: P2mState = emptyState();

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly trace: TraceSink,
    private readonly maxPages: number,
  ) {}

  lookup(gfn: Gfn): P2mEntry | undefined {
    const run = this.state.runs[this.indexAt(gfn)];
    if (run === undefined || gfn < run.gfn || gfn >= run.gfn + run.count) return undefined;
    return { mfn: machineFrame(run.pool, run.first + gfn - run.gfn), type: run.pool === 'xen' ? 'xen' : 'ram_rw' };
  }

  type(gfn: Gfn): P2mType {
    return this.lookup(gfn)?.type ?? 'mmio_dm';
  }

  /** Highest guest frame that is mapped, 0 when none is. */
  maximumGfn(): Gfn {
    const last = this.state.runs.at(-1);
    return last === undefined ? 0 : last.gfn + last.count - 1;
  }

  get totalPages(): number {
    return this.state.totalPages;
  }

  /** Runs of consecutive mapped guest frames, ascending. */
  ranges(): { first: Gfn; last: Gfn }[] {
    const ranges: { first: Gfn; last: Gfn }[] = [];
    for (const run of this.state.runs) {
      const previous = ranges.at(-1);
      if (previous !== undefined && previous.last + 1 === run.gfn) previous.last = run.gfn + run.count - 1;
      else ranges.push({ first: run.gfn, last: run.gfn + run.count - 1 });
    }
    return ranges;
  }

  /**
   * Gives the domain `count` new zeroed frames at gfn, in extents of the pool. What was mapped there loses its place
   * but stays the domain's (as guest_physmap_add_page has it).
   * @returns false when the domain may not have that many pages.
   */
  populate(gfn: Gfn, count: number, pool: Exclude<FramePool, 'xen'> = '4k'): boolean {
    if (this.state.totalPages + count > this.maxPages || gfn + count > MAX_GFN) return false;
    if (count % extentFrames(pool) !== 0) throw new Error(`${String(count)} frames are no whole extents of ${pool}`);
    this.unhook(gfn, count);
    for (let done = 0; done < count;) {
      const frames = this.takeFrames(pool, count - done);
      if (frames === undefined) return false;
      this.insert({ gfn: gfn + done, ...frames });
      done += frames.count;
    }
    this.memory.populate(gfn, count);
    this.state.totalPages += count;
    this.record('populate', gfn, count);
    return true;
  }

  /** Pages that the domain owns without mapping them (XENMEM_increase_reservation). */
  reserve(count: number): boolean {
    if (this.state.totalPages + count > this.maxPages) return false;
    this.state.totalPages += count;
    return true;
  }

  /** A page of the hypervisor (an allocated frame of the core's memory), to be mapped with `mapXenPage`. */
  allocateXenPage(): { frame: number; index: number } {
    return { frame: this.memory.allocateFrame(), index: this.state.next.xen++ };
  }

  /** Maps a page of the hypervisor at gfn, giving back what was there, and unmaps it from `previous`. */
  mapXenPage(page: { frame: number; index: number }, gfn: Gfn, previous: Gfn | undefined): void {
    if (this.lookup(gfn)?.mfn === machineFrame('xen', page.index)) return;
    this.release(gfn, 1);
    const stillThere = previous !== undefined && this.lookup(previous)?.mfn === machineFrame('xen', page.index);
    if (stillThere) this.unhook(previous, 1);
    this.insert({ gfn, count: 1, pool: 'xen', first: page.index });
    this.memory.map(gfn, page.frame, 'ram');
    this.record('map', gfn, 1);
  }

  /** Moves `count` mapped frames; what was mapped at the destination is given back. */
  move(from: Gfn, to: Gfn, count: number): void {
    if (from === to) return;
    const moved = this.extract(from, count);
    this.release(to, count);
    const offset = to - from;
    const backwards = offset > 0;
    for (let step = 0; step < count; step++) {
      const at = backwards ? count - 1 - step : step;
      if (this.memory.kind(from + at) !== 'hole') this.memory.move(from + at, to + at);
    }
    for (const run of moved) this.insert({ ...run, gfn: run.gfn + offset });
    this.record('move', to, count);
  }

  /** Gives `count` frames back to the hypervisor: they become holes. */
  release(gfn: Gfn, count: number): void {
    const freed = this.extract(gfn, count);
    if (freed.length === 0) return;
    for (const run of freed) {
      if (run.pool === 'xen') continue;
      this.state.totalPages -= run.count;
      this.state.free.push({ pool: run.pool, first: run.first, count: run.count });
    }
    this.memory.unmap(gfn, count);
    for (const run of freed) this.record('unmap', run.gfn, run.count, run);
  }

  /** Takes pages out of the map that stay allocated: their guest frames become holes. */
  unhook(gfn: Gfn, count: number): void {
    const unhooked = this.extract(gfn, count);
    if (unhooked.length === 0) return;
    this.memory.unmap(gfn, count);
    for (const run of unhooked) this.record('unmap', run.gfn, run.count, run);
  }

  /** As before the domain was built. */
  reset(): void {
    for (const { gfn, count } of this.state.runs) this.memory.unmap(gfn, count);
    Object.assign(this.state, emptyState());
  }

  private takeFrames(pool: FramePool, count: number): Omit<Run, 'gfn'> | undefined {
    const freed = pool === '4k' ? this.state.free.at(-1) : undefined;
    if (freed !== undefined) {
      const taken = Math.min(count, freed.count);
      freed.count -= taken;
      if (freed.count === 0) this.state.free.pop();
      return { pool: freed.pool, first: freed.first + freed.count, count: taken };
    }
    const first = this.state.next[pool];
    if (first + count > poolFrames(pool)) return undefined;
    this.state.next[pool] = first + count;
    return { pool, first, count };
  }

  /** Index of the last run that starts at or below gfn, or -1. */
  private indexAt(gfn: Gfn): number {
    let low = 0;
    let high = this.state.runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.state.runs[middle]?.gfn ?? Infinity) <= gfn) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private insert(run: Run): void {
    const { runs } = this.state;
    const index = this.indexAt(run.gfn);
    const before = runs[index];
    const joins =
      before !== undefined &&
      before.pool === run.pool &&
      before.gfn + before.count === run.gfn &&
      before.first + before.count === run.first;
    if (joins) before.count += run.count;
    else runs.splice(index + 1, 0, { ...run });
  }

  /** Cuts the part of the map in [gfn, gfn + count) out and returns it. */
  private extract(gfn: Gfn, count: number): Run[] {
    const { runs } = this.state;
    const end = gfn + count;
    let start = Math.max(0, this.indexAt(gfn));
    if ((runs[start]?.gfn ?? Infinity) + (runs[start]?.count ?? 0) <= gfn) start++;
    let stop = start;
    while (stop < runs.length && (runs[stop]?.gfn ?? Infinity) < end) stop++;
    const out: Run[] = [];
    const rest: Run[] = [];
    for (const run of runs.slice(start, stop)) {
      const from = Math.max(run.gfn, gfn);
      const to = Math.min(run.gfn + run.count, end);
      out.push({ gfn: from, count: to - from, pool: run.pool, first: run.first + from - run.gfn });
      if (run.gfn < from) rest.push({ ...run, count: from - run.gfn });
      if (run.gfn + run.count > to) {
        rest.push({ gfn: to, count: run.gfn + run.count - to, pool: run.pool, first: run.first + to - run.gfn });
      }
    }
    runs.splice(start, stop - start, ...rest);
    return out;
  }

  private record(op: string, gfn: Gfn, count: number, freed?: Run): void {
    if (!this.trace.wants('p2m')) return;
    const entry = freed === undefined ? this.lookup(gfn) : undefined;
    const mfn = freed === undefined ? (entry?.mfn ?? 0) : machineFrame(freed.pool, freed.first);
    this.trace.record('p2m', op, gfn, count, mfn, entry?.type ?? 'mmio_dm');
  }
}
