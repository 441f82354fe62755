import type { MemoryReader } from '../../inspect/byte-view';
import { equalBytes } from '../../inspect/byte-view';
import { HVM_INFO_GPA } from '../../inspect/hvm-info';
import { BIOS_INFO_GPA } from '../../inspect/bios-info';
import { PAGE_BYTES } from '../../quantities/units';
import { findAnchors, readAnchor, type AnchorKind, type SeenTable } from './anchors';

/** When and while which code ran a table was seen. Scans are some thousand instructions apart: exact to that. */
export interface Moment {
  readonly instructions: number;
  readonly atNs: number;
  readonly cs: number;
  readonly ip: bigint;
  /** Linear address of CS:IP. */
  readonly linear: bigint;
}

export interface TrackedTable extends SeenTable {
  /** placed: its checksum is right, or it has none. pending: found, but not (yet) valid. */
  readonly status: 'placed' | 'pending';
  /** placed: when it first was. pending: since when these bytes have stood there. */
  readonly since: Moment;
}

/** Anchors stand on 16-byte boundaries (each specification says so). */
const ANCHOR_STEP = 16;
const ANCHORS_MAX = 512;
/** Only the first MiB is searched. */
const SEARCHED_PAGES = 256;
/** Anchors whose tables stay invalid are looked at less and less often. */
const EAGER_LOOKS = 300;

/** Anchors that must lead to at least one more table. */
const LEADS_ON: ReadonlySet<AnchorKind> = new Set(['rsdp', 'smbios', 'bios-info']);

interface Anchor {
  readonly kind: AnchorKind;
  readonly gpa: number;
  looks: number;
  isComplete: boolean;
}

/** Finds firmware tables in guest memory as they come to stand there. A table that was once placed stays on the list. */
export class TableScanner {
  readonly #anchors = new Map<number, Anchor>();
  readonly #tables = new Map<string, TrackedTable>();

  constructor(
    private readonly read: MemoryReader,
    private readonly written: () => Iterable<number>,
    private readonly now: () => Moment,
  ) {
    this.#add('hvm-info', HVM_INFO_GPA);
  }

  /** Every table seen so far, in the order in which they were first seen. */
  get tables(): readonly TrackedTable[] {
    return [...this.#tables.values()];
  }

  scan(): void {
    const pages = [...this.written()].filter((gfn) => gfn < SEARCHED_PAGES).sort((left, right) => left - right);
    for (let first = 0, next = 1; first < pages.length; first = next++) {
      while (next < pages.length && pages[next] === pages[next - 1]! + 1) next++;
      this.#search(pages[first]!, next - first);
    }
    for (const anchor of this.#anchors.values()) this.#look(anchor);
  }

  #search(gfn: number, pages: number): void {
    const base = gfn * PAGE_BYTES;
    const bytes = this.read(base, pages * PAGE_BYTES);
    for (const { at, kind } of findAnchors(bytes, ANCHOR_STEP)) this.#add(kind, base + at);
    if (BIOS_INFO_GPA >= base && BIOS_INFO_GPA < base + bytes.length) this.#add('bios-info', BIOS_INFO_GPA);
  }

  #add(kind: AnchorKind, gpa: number): void {
    const known = this.#anchors.get(gpa);
    if (known?.kind === kind) {
      // Written again: what stood there may have been a fragment.
      known.looks = 0;
      return;
    }
    if (this.#anchors.size < ANCHORS_MAX || known !== undefined) this.#anchors.set(gpa, { kind, gpa, looks: 0, isComplete: false });
  }

  #look(anchor: Anchor): void {
    if (anchor.isComplete) return;
    anchor.looks++;
    if (anchor.looks > EAGER_LOOKS && anchor.looks % EAGER_LOOKS !== 0) return;
    const seen = readAnchor(this.read, anchor.kind, anchor.gpa);
    for (const table of seen) this.#note(table);
    anchor.isComplete = seen.length >= (LEADS_ON.has(anchor.kind) ? 2 : 1) && seen.every(({ sum }) => sum === 0);
  }

  #note(table: SeenTable): void {
    const key = `${table.table}@${table.gpa}`;
    const before = this.#tables.get(key);
    if (before?.status === 'placed') return;
    const status = table.sum === 0 ? 'placed' : 'pending';
    const isSame = before?.status === status && equalBytes(before.bytes, table.bytes);
    if (!isSame) this.#tables.set(key, { ...table, status, since: this.now() });
  }
}
