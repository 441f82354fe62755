import type { TraceEvent } from './events';
import { FIELD_NUMBER, FIELD_U64, KINDS } from './kinds';
import type { KindSchema } from './kinds';

/** Bytes of rows in one chunk. */
export const CHUNK_BYTES = 256 * 1024;
/** No row is longer: 2 + 2 stamps + 9 fields of at most 10 bytes each. */
const ROW_BYTES_MAX = 160;
/** Characters of strings that a chunk may hold before the next one is begun. */
const CHUNK_TEXT_MAX = 512 * 1024;

const wide = new BigUint64Array(1);
const halves = new Uint32Array(wide.buffer);

export type FieldValueOf = number | bigint | string;

/**
 * Consecutive events as variable-length numbers (7 bits a byte, low first): kind, vCPU, instructions and nanoseconds
 * since the row before, then the fields: numbers as they are, 64-bit values as two halves, texts as an index into
 * `strings`. A chunk stands for itself, so that dropping the oldest one loses nothing of the others.
 */
export class Chunk {
  readonly strings: string[] = [];
  rows = 0;
  length = 0;
  #textLength = 0;
  readonly #texts = new Map<string, number>();
  #lastInstructions: number;
  #lastNs: number;

  constructor(
    readonly bytes: Uint8Array,
    readonly firstSeq: number,
    readonly firstInstructions: number,
    readonly firstNs: number,
  ) {
    this.#lastInstructions = firstInstructions;
    this.#lastNs = firstNs;
  }

  /** False once the next row might not fit, or when time went backwards (a restored machine): begin another chunk. */
  accepts(instructions: number, atNs: number): boolean {
    return (
      this.length + ROW_BYTES_MAX <= this.bytes.length &&
      this.#textLength < CHUNK_TEXT_MAX &&
      instructions >= this.#lastInstructions &&
      atNs >= this.#lastNs
    );
  }

  get lastInstructions(): number {
    return this.#lastInstructions;
  }

  append(kindNumber: number, types: Uint8Array, vcpu: number, instructions: number, atNs: number, fields: readonly FieldValueOf[]): void {
    const bytes = this.bytes;
    let at = this.length;
    bytes[at++] = kindNumber;
    at = putNumber(bytes, at, vcpu);
    at = putNumber(bytes, at, instructions - this.#lastInstructions);
    at = putNumber(bytes, at, atNs - this.#lastNs);
    for (let i = 0; i < types.length; i++) {
      const value = fields[i];
      const type = types[i];
      if (type === FIELD_NUMBER) at = putNumber(bytes, at, value as number);
      else if (type === FIELD_U64) {
        if (typeof value === 'number') {
          at = putNumber(bytes, at, value >>> 0);
          at = putNumber(bytes, at, Math.floor(value / 2 ** 32));
        } else {
          wide[0] = value as bigint;
          at = putNumber(bytes, at, halves[0]!);
          at = putNumber(bytes, at, halves[1]!);
        }
      } else at = putNumber(bytes, at, this.#intern(value as string));
    }
    this.length = at;
    this.rows++;
    this.#lastInstructions = instructions;
    this.#lastNs = atNs;
  }

  #intern(text: string): number {
    let index = this.#texts.get(text);
    if (index === undefined) {
      index = this.strings.length;
      this.strings.push(text);
      this.#texts.set(text, index);
      this.#textLength += text.length;
    }
    return index;
  }

  /** The events in order, decoded as they are asked for; of some kinds, by their numbers, when they are given. */
  *events(wanted?: ReadonlySet<number>): IterableIterator<TraceEvent> {
    const reader = { bytes: this.bytes, at: 0 };
    let instructions = this.firstInstructions;
    let atNs = this.firstNs;
    for (let row = 0; row < this.rows; row++) {
      const number = this.bytes[reader.at++]!;
      const schema = KINDS[number]!;
      const vcpu = takeNumber(reader);
      instructions += takeNumber(reader);
      atNs += takeNumber(reader);
      if (wanted?.has(number) === false) {
        skip(reader, schema);
        continue;
      }
      const fields: FieldValueOf[] = [];
      for (const type of schema.types) {
        if (type === FIELD_NUMBER) fields.push(takeNumber(reader));
        else if (type === FIELD_U64) {
          const low = takeNumber(reader);
          fields.push((BigInt(takeNumber(reader)) << 32n) | BigInt(low));
        } else fields.push(this.strings[takeNumber(reader)]!);
      }
      yield makeEvent(schema, this.firstSeq + row, instructions, atNs, vcpu, fields);
    }
  }
}

/** An event object from its parts. */
export function makeEvent(
  schema: KindSchema,
  seq: number,
  instructions: number,
  atNs: number,
  vcpu: number,
  fields: readonly FieldValueOf[],
): TraceEvent {
  const event: Record<string, FieldValueOf> = { kind: schema.kind, seq, instructions, atNs, vcpu };
  const names = schema.names;
  const types = schema.types;
  for (let i = 0; i < names.length; i++) {
    const value = fields[i]!;
    event[names[i]!] = types[i] === FIELD_U64 ? BigInt(value) : value;
  }
  return event as unknown as TraceEvent;
}

function putNumber(bytes: Uint8Array, at: number, number: number): number {
  if (number < 0 || number > 0x7f) return putLong(bytes, at, number);
  bytes[at] = number;
  return at + 1;
}

function putLong(bytes: Uint8Array, start: number, number: number): number {
  let at = start;
  let value = number;
  // The contract says unsigned; a stray negative is kept as the 32-bit pattern that it was.
  if (value < 0) value = value >>> 0;
  else if (value > 2 ** 53) value = 2 ** 53;
  while (value > 0x7fff_ffff) {
    bytes[at++] = (value % 128) | 0x80;
    value = Math.floor(value / 128);
  }
  let low = value | 0;
  while (low > 0x7f) {
    bytes[at++] = (low & 0x7f) | 0x80;
    low >>= 7;
  }
  bytes[at++] = low;
  return at;
}

interface RowReader {
  readonly bytes: Uint8Array;
  at: number;
}

/** Goes past the fields of a row. */
function skip(reader: RowReader, { types }: KindSchema): void {
  const { bytes } = reader;
  let { at } = reader;
  for (let i = 0; i < types.length; i++) {
    while (bytes[at++]! >= 0x80);
    if (types[i] === FIELD_U64) while (bytes[at++]! >= 0x80);
  }
  reader.at = at;
}

/** The next number of a row. */
export function takeNumber(reader: RowReader): number {
  const { bytes } = reader;
  let byte = bytes[reader.at++]!;
  let value = byte & 0x7f;
  for (let scale = 128; byte >= 0x80; scale *= 128) {
    byte = bytes[reader.at++]!;
    value += (byte & 0x7f) * scale;
  }
  return value;
}
