import type { PhysicalMemory } from '../../machine/core-host/types';

/** The pages that were written since each reader last asked. The core forgets them when they are taken, so one place asks it. */
export class DirtyPages {
  readonly #readers: Set<number>[] = [];

  constructor(
    private readonly memory: PhysicalMemory,
    /** Pages from this gfn on are not followed. */
    private readonly limit: number,
  ) {}

  /** A reader of its own: gives the gfns written since its last call, unordered. */
  reader(): () => Iterable<number> {
    const mine = new Set<number>();
    this.#readers.push(mine);
    return () => {
      for (const gfn of this.memory.takeDirty(this.limit)) for (const reader of this.#readers) reader.add(gfn);
      const pages = [...mine];
      mine.clear();
      return pages;
    };
  }
}
