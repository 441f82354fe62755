import type { MemoryReader } from '../../inspect/byte-view';
import { readSystemTable, SYSTEM_TABLE_SIGNATURE, type SystemTable } from '../../inspect/uefi/system-table';
import { PAGE_BYTES } from '../../quantities/units';

const STEP = 8;
/** Places where a signature stands that leads nowhere yet. */
const CANDIDATES_MAX = 64;

/** Finds the EFI system table in guest memory when it comes to stand there. */
export class UefiScanner {
  #found: SystemTable | undefined;
  readonly #candidates = new Set<number>();
  readonly #waiting = new Set<(table: SystemTable) => void>();

  constructor(
    private readonly read: MemoryReader,
    private readonly written: () => Iterable<number>,
    /** Nobody asks: nothing is searched. */
    private readonly isWanted: boolean,
  ) {}

  /** Undefined until it has been seen. */
  get systemTable(): SystemTable | undefined {
    return this.#found;
  }

  /** Called once, when the table is seen; the result takes that back. */
  onSystemTable(seen: (table: SystemTable) => void): () => void {
    this.#waiting.add(seen);
    return () => void this.#waiting.delete(seen);
  }

  /** The machine was reset: firmware begins anew. */
  forget(): void {
    this.#found = undefined;
    this.#candidates.clear();
  }

  scan(): void {
    const pages = this.written();
    if (!this.isWanted || this.#found) return;
    for (const gfn of pages) this.#search(gfn * PAGE_BYTES);
    for (const gpa of this.#candidates) this.#found ??= readSystemTable(this.read, gpa);
    if (!this.#found) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const seen of waiting) seen(this.#found);
  }

  #search(base: number): void {
    const page = Buffer.from(this.read(base, PAGE_BYTES));
    for (let at = page.indexOf(SYSTEM_TABLE_SIGNATURE, 0, 'latin1'); at >= 0; at = page.indexOf(SYSTEM_TABLE_SIGNATURE, at + 1, 'latin1')) {
      if (at % STEP === 0 && this.#candidates.size < CANDIDATES_MAX) this.#candidates.add(base + at);
    }
  }
}
