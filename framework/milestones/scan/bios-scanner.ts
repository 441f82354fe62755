import { equalBytes } from '../../inspect/byte-view';
import type { MemoryReader } from '../../inspect/byte-view';
import { GIB, MIB, PAGE_BYTES } from '../../quantities/units';

/** A place where the image may lie: compared page by page as pages are written. */
interface Candidate {
  readonly gpa: number;
  readonly matched: Uint8Array;
  left: number;
}

export interface PlacedBios {
  readonly gpa: number;
  readonly length: number;
}

/** Tells when the bytes of the firmware image first lie where a PC runs it: ending at 1 MiB, or, of a larger one, at 4 GiB. */
export class BiosScanner {
  readonly #candidates: Candidate[];
  #placed: PlacedBios | undefined;
  #isFirst = true;

  constructor(
    private readonly image: Uint8Array,
    private readonly read: MemoryReader,
    private readonly written: () => Iterable<number>,
  ) {
    const pages = Math.ceil(image.length / PAGE_BYTES);
    this.#candidates = biosPlaces(image.length).map((gpa) => ({ gpa, matched: new Uint8Array(pages), left: pages }));
  }

  get placed(): PlacedBios | undefined {
    return this.#placed;
  }

  get length(): number {
    return this.image.length;
  }

  /** The place with most matching pages so far, for a miss. */
  progress(): { readonly gpa: number; readonly matching: number; readonly pages: number; readonly firstDifference: number } | undefined {
    const best = [...this.#candidates].sort((left, right) => left.left - right.left)[0];
    if (best === undefined) return undefined;
    const page = best.matched.indexOf(0);
    return {
      gpa: best.gpa,
      matching: best.matched.length - best.left,
      pages: best.matched.length,
      firstDifference: best.gpa + page * PAGE_BYTES,
    };
  }

  scan(): void {
    if (this.#placed !== undefined) return;
    const written = [...this.written()];
    for (const candidate of this.#candidates) {
      const pages = this.#isFirst ? candidate.matched.keys() : touched(candidate, written);
      for (const page of pages) this.#compare(candidate, page);
      if (candidate.left === 0) this.#placed ??= { gpa: candidate.gpa, length: this.image.length };
    }
    this.#isFirst = false;
  }

  #compare(candidate: Candidate, page: number): void {
    const expected = this.image.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    const matches = equalBytes(this.read(candidate.gpa + page * PAGE_BYTES, expected.length), expected) ? 1 : 0;
    candidate.left += (candidate.matched[page] ?? 0) - matches;
    candidate.matched[page] = matches;
  }
}

/** Where an image of that size is run from. A loader may round a large one's place down to a whole MiB. */
export function biosPlaces(bytes: number): number[] {
  if (bytes <= MIB) return [MIB - bytes];
  const rounded = 4 * GIB - Math.ceil(bytes / MIB) * MIB;
  return [...new Set([4 * GIB - bytes, rounded])];
}

function* touched(candidate: Candidate, written: readonly number[]): IterableIterator<number> {
  const offset = candidate.gpa % PAGE_BYTES;
  for (const gfn of written) {
    const first = Math.floor((gfn * PAGE_BYTES - candidate.gpa) / PAGE_BYTES);
    if (first >= 0 && first < candidate.matched.length) yield first;
    // An image that does not begin on a page boundary has two of its pages in one of the guest's.
    if (offset !== 0 && first + 1 >= 0 && first + 1 < candidate.matched.length) yield first + 1;
  }
}
