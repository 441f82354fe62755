import type { EventKind, EventOf, TraceEvent } from '../trace/events';
import type { Machine } from '../machine/types';
import type { MilestoneKey, MilestoneOf } from '../spec/types';
import type { BiosScanner } from './scan/bios-scanner';
import type { TableScanner } from './scan/table-scanner';
import type { UefiScanner } from './scan/uefi-scanner';

/** Facts to show: label and text, in order. */
export type Details = readonly (readonly [label: string, text: string])[];

/** Why something was missed. */
export interface Explanation {
  /** What came nearest; undefined when nothing like it happened. */
  readonly closest?: string;
  /** What to try. */
  readonly fixme?: string;
}

/** An armed watch. Its events carry `id` as `watch`. */
export interface Watch {
  readonly id: number;
  remove(): void;
}

/** What a tracker may look at and arm. Everything is read at the instruction of the event. */
export interface MatchContext {
  readonly machine: Machine;
  readonly tables: TableScanner;
  readonly bios: BiosScanner;
  readonly uefi: UefiScanner;
  watchExecution(first: bigint, last: bigint): Watch;
  watchWrites(first: number, last: number): Watch;
}

/** Looks for one milestone, from the moment when it is its turn until it is met. */
export interface Tracker<E = TraceEvent> {
  /** An event of one of the matcher's kinds; details when it meets the milestone. */
  feed(event: E): Details | undefined;
  /** For conditions on the machine's state: asked when its turn comes and at every scan. */
  poll?(): Details | undefined;
  explainMiss(): Explanation;
  /** Disarms what was armed. */
  stop?(): void;
}

/** One milestone of the spec language. */
export interface Matcher {
  readonly key: MilestoneKey;
  readonly kinds: readonly EventKind[];
  /** What `poll` looks at, so that scans are made: guest memory, or only the screen. */
  readonly scans: 'memory' | 'screen' | undefined;
  start(spec: MilestoneOf<MilestoneKey>, context: MatchContext): Tracker;
}

interface MatcherOf<K extends MilestoneKey, E extends EventKind> {
  readonly key: K;
  readonly kinds: readonly E[];
  readonly scans?: 'memory' | 'screen';
  start(spec: MilestoneOf<K>, context: MatchContext): Tracker<EventOf<E>>;
}

/** Erases the types that tie a matcher's key and kinds to its tracker, so that all of them fit one registry. */
export function matcher<K extends MilestoneKey, E extends EventKind>(definition: MatcherOf<K, E>): Matcher {
  return { ...definition, scans: definition.scans } as unknown as Matcher;
}
