import type { PhysicalMemory } from '../../machine/core-host/types';

/** The pages that were written since each reader last asked. The core forgets them when they are taken, so one place asks it. */
export class DirtyPages {
  readonly #readers: Set<number>[] = [];

  constructor(
    private readonly memory: PhysicalMemory,
    /** Pages from this gfn on are not followed. */
    private readonly limit: number,
  ) {}

  /** Asks the core; every reader is given what it finds. */
  take(): void {
    const taken = this.memory.takeDirty(this.limit);
    for (const reader of this.#readers) for (const gfn of taken) reader.add(gfn);
  }

  /** A reader of its own: gives the gfns that were taken since its last call, unordered. */
  reader(): () => Iterable<number> {
    const mine = new Set<number>();
    this.#readers.push(mine);
    return () => {
      const pages = [...mine];
      mine.clear();
      return pages;
    };
  }
}
