import type { EventKind, EventOf, TraceEvent } from './events';
import { makeEvent } from './chunk';
import type { FieldValueOf } from './chunk';
import { KIND_NUMBERS, KINDS } from './kinds';
import type { TraceSink } from './sink';
import { TraceStore } from './store';

/** Where an event's time comes from: the machine that is being traced. */
export interface StampSource {
  instructions(): number;
  /** Virtual time now, when so many instructions have retired. */
  nowNs(instructions: number): number;
  vcpu(): number;
}

/** off: nothing; needed: the kinds that somebody subscribed to; full: every kind. */
export type RecorderLevel = 'off' | 'needed' | 'full';

type Listener = (event: TraceEvent) => void;

const RECORDED = 1;
const SUBSCRIBED = 2;
const BEFORE_POWER_ON: StampSource = { instructions: () => 0, nowNs: () => 0, vcpu: () => 0 };

/** The trace of one machine: writes rows to a store, and hands decoded events to those who subscribed to their kind. */
export class Recorder implements TraceSink {
  readonly store: TraceStore;
  /** Set once the machine exists; events before that are stamped 0. */
  stamp: StampSource = BEFORE_POWER_ON;
  readonly #flags = new Uint8Array(KINDS.length);
  readonly #counts = new Float64Array(KINDS.length);
  readonly #listeners: Listener[][] = KINDS.map(() => []);
  readonly #level: RecorderLevel;

  constructor(level: RecorderLevel = 'full', store: TraceStore = new TraceStore()) {
    this.#level = level;
    this.store = store;
    if (level === 'full') this.#flags.fill(RECORDED);
  }

  wants(kind: EventKind): boolean {
    return this.#flags[KIND_NUMBERS.get(kind)!] !== 0;
  }

  isFollowed(kind: EventKind): boolean {
    return (this.#flags[KIND_NUMBERS.get(kind)!]! & SUBSCRIBED) !== 0;
  }

  record(kind: EventKind, ...fields: FieldValueOf[]): void {
    const number = KIND_NUMBERS.get(kind)!;
    const flags = this.#flags[number]!;
    if (flags === 0) return;
    const schema = KINDS[number]!;
    const stamp = this.stamp;
    const instructions = stamp.instructions();
    const atNs = stamp.nowNs(instructions);
    const vcpu = stamp.vcpu();
    const seq = this.store.size;
    this.#counts[number]!++;
    this.store.append(number, schema.types, vcpu, instructions, atNs, fields);
    if ((flags & SUBSCRIBED) === 0) return;
    const event = makeEvent(schema, seq, instructions, atNs, vcpu, fields);
    for (const listener of this.#listeners[number]!) listener(event);
  }

  /** Calls `listener` with every event of a kind from now on, after it was recorded. Gives the way back. */
  subscribe<K extends EventKind>(kind: K, listener: (event: EventOf<K>) => void): () => void {
    if (this.#level === 'off') return () => undefined;
    const number = KIND_NUMBERS.get(kind)!;
    const entry = listener as unknown as Listener;
    this.#listeners[number] = [...this.#listeners[number]!, entry];
    this.#flags[number]! |= RECORDED | SUBSCRIBED;
    return () => {
      const left = this.#listeners[number]!.filter((other) => other !== entry);
      this.#listeners[number] = left;
      if (left.length > 0) return;
      this.#flags[number] = this.#level === 'full' ? RECORDED : 0;
    };
  }

  /** Records nothing and calls nobody from now on. */
  close(): void {
    this.#flags.fill(0);
  }

  /** How often each kind was recorded; kinds that never were are left out. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    KINDS.forEach(({ kind }, number) => {
      if (this.#counts[number]! > 0) counts[kind] = this.#counts[number]!;
    });
    return counts;
  }
}
