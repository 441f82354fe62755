import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { Chunk, CHUNK_BYTES } from './chunk';
import type { FieldValueOf } from './chunk';
import type { EventKind, TraceEvent } from './events';
import { JsonLines } from './json-lines';
import { KIND_NUMBERS } from './kinds';

/** Row bytes held before the oldest chunk is dropped: about 2.5 million events of a usual boot. */
const HELD_BYTES_DEFAULT = 32 * 1024 * 1024;

/**
 * The rows of a run: the newest ones in detail, the hash and the count over all of them. Memory is bounded whatever a
 * guest does.
 */
export class TraceStore {
  readonly #chunks: Chunk[] = [];
  readonly #chunksMax: number;
  readonly #hash: Hash = createHash('sha256');
  #current: Chunk | undefined;
  #events = 0;
  #dropped = 0;

  constructor(heldBytes: number = HELD_BYTES_DEFAULT) {
    this.#chunksMax = Math.max(2, Math.floor(heldBytes / CHUNK_BYTES));
  }

  /** Events recorded so far. */
  get size(): number {
    return this.#events;
  }

  /** Oldest events that are no longer held. */
  get dropped(): number {
    return this.#dropped;
  }

  append(kindNumber: number, types: Uint8Array, vcpu: number, instructions: number, atNs: number, fields: readonly FieldValueOf[]): void {
    let chunk = this.#current;
    if (chunk === undefined || !chunk.accepts(instructions, atNs)) chunk = this.#nextChunk(instructions, atNs);
    chunk.append(kindNumber, types, vcpu, instructions, atNs, fields);
    this.#events++;
  }

  #nextChunk(instructions: number, atNs: number): Chunk {
    if (this.#current !== undefined) feed(this.#hash, this.#current);
    let bytes: Uint8Array | undefined;
    if (this.#chunks.length >= this.#chunksMax) {
      const oldest = this.#chunks.shift()!;
      this.#dropped += oldest.rows;
      bytes = oldest.bytes;
    }
    const chunk = new Chunk(bytes ?? new Uint8Array(CHUNK_BYTES), this.#events, instructions, atNs);
    this.#chunks.push(chunk);
    this.#current = chunk;
    return chunk;
  }

  /** Lower-case hex SHA-256 over every event so far, dropped ones included. */
  hash(): string {
    const hash = this.#hash.copy();
    if (this.#current !== undefined) feed(hash, this.#current);
    return hash.digest('hex');
  }

  /** Held events, oldest first; of some kinds, when they are given. */
  *events(...kinds: EventKind[]): IterableIterator<TraceEvent> {
    const wanted = kinds.length === 0 ? undefined : new Set(kinds.map((kind) => KIND_NUMBERS.get(kind)!));
    for (const chunk of this.#chunks) yield* chunk.events(wanted);
  }

  /** Held events as text, a line of JSON each, in pieces. A piece is good until the next is asked for. */
  jsonLines(): Iterable<Uint8Array> {
    return new JsonLines().of(this.#chunks);
  }

  /** Held events, newest first, a chunk decoded at a time. */
  *newestFirst(): IterableIterator<TraceEvent> {
    for (let i = this.#chunks.length - 1; i >= 0; i--) yield* [...this.#chunks[i]!.events()].reverse();
  }

  /** Held events from the chunk on in which instruction `first` falls. */
  *eventsAround(first: number, last: number): IterableIterator<TraceEvent> {
    for (const chunk of this.#chunks) {
      if (chunk.lastInstructions < first || chunk.firstInstructions > last) continue;
      yield* chunk.events();
    }
  }
}

function feed(hash: Hash, chunk: Chunk): void {
  hash.update(`${chunk.firstInstructions} ${chunk.firstNs} ${chunk.rows}\n`);
  hash.update(chunk.bytes.subarray(0, chunk.length));
  hash.update(JSON.stringify(chunk.strings));
}
