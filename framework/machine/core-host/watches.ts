import type { Gpa } from '../../quantities/units';
import { PAGE_BYTES } from '../../quantities/units';
import { PAGE_WATCH_READ, PAGE_WATCH_WRITE } from '../core/layout/memory-map';
import { WATCH_RANGES, WATCH_RANGES_MAX } from '../core/layout/run-state';
import type { CoreExports } from './core-exports';
import type { CoreHooks } from './types';
import type { Views } from './views';

interface ExecutionWatch {
  readonly id: number;
  readonly first: bigint;
  readonly last: bigint;
}

interface MemoryWatch {
  readonly id: number;
  readonly first: Gpa;
  readonly last: Gpa;
  readonly flags: number;
}

const ACCESS_FLAGS = { read: PAGE_WATCH_READ, write: PAGE_WATCH_WRITE, both: PAGE_WATCH_READ | PAGE_WATCH_WRITE } as const;
/** A watch on more pages than this would cost more to arm than to run without. */
const MOST_PAGES = 1 << 20;

/** Watches on execution and memory. Pages carry flags; this table decides which watch an access belongs to. */
export class Watches {
  private execution: ExecutionWatch[] = [];
  private memory: MemoryWatch[] = [];

  constructor(
    private readonly exports: CoreExports,
    private readonly views: Views,
    private readonly hooks: CoreHooks,
  ) {}

  watchExecution(id: number, first: bigint, last: bigint): void {
    this.execution.push({ id, first, last });
    this.writeRanges();
  }

  watchMemory(id: number, first: Gpa, last: Gpa, access: keyof typeof ACCESS_FLAGS): void {
    if (Math.floor(last / PAGE_BYTES) - Math.floor(first / PAGE_BYTES) >= MOST_PAGES) {
      throw new RangeError(`a memory watch covers at most ${MOST_PAGES} pages`);
    }
    const watch = { id, first, last, flags: ACCESS_FLAGS[access] };
    this.memory.push(watch);
    this.flagPages(watch);
    this.exports.watchesChanged();
  }

  remove(id: number): void {
    const executions = this.execution.length;
    this.execution = this.execution.filter((watch) => watch.id !== id);
    if (this.execution.length !== executions) this.writeRanges();
    const gone = this.memory.filter((watch) => watch.id === id);
    if (gone.length === 0) return;
    this.memory = this.memory.filter((watch) => watch.id !== id);
    gone.forEach((watch) => this.flagPages(watch));
    this.exports.watchesChanged();
  }

  /** The map was built anew: flags its pages again. */
  rearm(): void {
    this.memory.forEach((watch) => this.flagPages(watch));
    if (this.memory.length > 0) this.exports.watchesChanged();
  }

  /** Every page of the watch gets the flags of all watches that touch it. */
  private flagPages(watch: MemoryWatch): void {
    for (let gfn = Math.floor(watch.first / PAGE_BYTES); gfn <= Math.floor(watch.last / PAGE_BYTES); gfn++) {
      let flags = 0;
      for (const other of this.memory) {
        if (other.first < (gfn + 1) * PAGE_BYTES && other.last >= gfn * PAGE_BYTES) flags |= other.flags;
      }
      this.exports.setWatchFlags(gfn, flags);
    }
  }

  /** The runtime has room for a fixed number of ranges; more are merged into one that covers the rest. */
  private writeRanges(): void {
    const ranges = this.execution.map(({ first, last }) => ({ first, last }));
    if (ranges.length > WATCH_RANGES_MAX) {
      const rest = ranges.splice(WATCH_RANGES_MAX - 1);
      ranges.push({
        first: rest.reduce((low, { first }) => (first < low ? first : low), rest[0]?.first ?? 0n),
        last: rest.reduce((high, { last }) => (last > high ? last : high), 0n),
      });
    }
    ranges.forEach(({ first, last }, index) => {
      this.views.setU64(WATCH_RANGES + index * 16, first);
      this.views.setU64(WATCH_RANGES + index * 16 + 8, last);
    });
    this.exports.setWatchCount(ranges.length);
  }

  /** A WATCH record runs: the instruction at `linear` is next. */
  executed(linear: bigint): void {
    for (const watch of this.execution) {
      if (watch.first <= linear && linear <= watch.last) this.hooks.executionWatch(watch.id, linear);
    }
  }

  /** A flagged page was accessed. */
  accessed(gpa: Gpa, size: number, value: bigint, isWrite: boolean): void {
    const wanted = isWrite ? PAGE_WATCH_WRITE : PAGE_WATCH_READ;
    for (const watch of this.memory) {
      if ((watch.flags & wanted) !== 0 && watch.first < gpa + size && gpa <= watch.last) {
        this.hooks.memoryWatch(watch.id, gpa, size, value, isWrite);
      }
    }
  }
}
