import type { Span } from '../diagnostics/diagnostic';
import type { MemoryReader } from '../inspect/byte-view';
import type { E820Entry } from '../inspect/e820';
import type { Machine } from '../machine/types';
import type { Details } from '../milestones/matcher';
import type { TrackedTable } from '../milestones/scan/table-scanner';
import type { ExpectationSpec } from '../spec/types';

/** What the spec says and what the guest has. */
export interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
  readonly span: Span;
}

export interface Checked {
  /** Empty: met. */
  readonly differences: readonly Difference[];
  /** What was read, and from where. */
  readonly details: Details;
}

/** The guest's memory map and where it was read. */
export interface GuestE820 {
  readonly gpa: number | undefined;
  readonly source: string;
  readonly entries: readonly E820Entry[];
}

/** The machine after the last milestone, as a check may look at it. */
export interface EndState {
  readonly machine: Machine;
  readonly read: MemoryReader;
  /** Tables that were placed during the run. */
  readonly tables: readonly TrackedTable[];
  /** Asks the firmware where it can: this runs guest code, so registers and memory are checked before. */
  e820(): GuestE820 | undefined;
}

export type Check<S extends ExpectationSpec> = (spec: S, state: EndState) => Checked;
