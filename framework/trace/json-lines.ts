import { takeNumber, type Chunk } from './chunk';
import { FIELD_NUMBER, FIELD_U64, KINDS } from './kinds';

const PIECE_BYTES = 256 * 1024;
/** No line is longer but for its texts: four stamps and at most nine fields, of 20 digits and a name each. */
const LINE_MAX = 2048;
const FIELDS_MAX = 9;
/** A group of events that comes again is shown so often, and is of so many events at most: a loop polls one port, with what a hypervisor makes of it. */
const REPEATS_SHOWN = 3;
const PERIOD_MAX = 8;
const BILLION = 1_000_000_000;
const ZERO = 0x30;
const QUOTE = 0x22;

const utf8 = new TextEncoder();
const SEQ = utf8.encode('{"seq":');
const INSTRUCTIONS = utf8.encode(',"instructions":');
const AT_NS = utf8.encode(',"atNs":');
const VCPU = utf8.encode(',"vcpu":');
const REPEATED = utf8.encode(',"kind":"repeated","events":');
const ROWS = utf8.encode(',"rows":');
const END = utf8.encode('}\n');
const HEX = utf8.encode('"0x');
const DIGITS = utf8.encode('0123456789abcdef');
/** What stands before the value of each field, by kind; the kind itself stands before the first, or alone. */
const KIND_BYTES = KINDS.map(({ kind }) => utf8.encode(`,"kind":${JSON.stringify(kind)}`));
const FIELD_BYTES = KINDS.map(({ names }) => names.map((name) => utf8.encode(`,${JSON.stringify(name)}:`)));

/** How the last row of a kind went on behind its moment: as bytes of the row, and as text. A guest that polls repeats it. */
interface Rest {
  readonly vcpu: number;
  readonly row: Uint8Array;
  readonly text: Uint8Array;
}

/**
 * The rows of a trace as JSON, a line an event: instruction, virtual ns, vCPU, kind, fields; 64-bit fields are hex text. Bytes are made of
 * bytes, as a boot has up to a million rows, and an object and a string for each would take longer than the boot. Where the same events come
 * again and again, a line `repeated` says that the last `events` lines went on for so many `rows`, to its own moment: a guest that polls for
 * ever would leave hundreds of megabytes.
 */
export class JsonLines {
  #out = new Uint8Array(PIECE_BYTES);
  #lineMax = LINE_MAX;
  #row: { readonly bytes: Uint8Array; at: number } = { bytes: new Uint8Array(0), at: 0 };
  #strings: readonly Uint8Array[] = [];
  #rests: (Rest | undefined)[] = [];
  /** Row in which each kind came last. */
  #lastSeq: number[] = [];
  /** How far back the same row stands, how many rows this was so without a break, and how many of them were left out. */
  #period = 0;
  #streak = 0;
  #folded = 0;
  #foldedPeriod = 0;
  #vcpu = 0;
  #seq = 0;
  #end = 0;
  #instructions = 0;
  #ns = 0;

  /** Pieces of the text. Each is good until the next is asked for. */
  *of(chunks: Iterable<Chunk>): Iterable<Uint8Array> {
    for (const chunk of chunks) {
      this.#begin(chunk);
      while (this.#seq < this.#end) yield this.#out.subarray(0, this.#fill());
    }
  }

  #begin(chunk: Chunk): void {
    this.#row = { bytes: chunk.bytes, at: 0 };
    this.#rests = [];
    this.#lastSeq = [];
    this.#period = this.#streak = this.#folded = 0;
    this.#strings = chunk.strings.map((text) => utf8.encode(JSON.stringify(text)));
    this.#lineMax = LINE_MAX + FIELDS_MAX * this.#strings.reduce((longest, { length }) => Math.max(longest, length), 0);
    if (2 * this.#lineMax > this.#out.length) this.#out = new Uint8Array(2 * this.#lineMax);
    this.#seq = chunk.firstSeq;
    this.#end = chunk.firstSeq + chunk.rows;
    this.#instructions = chunk.firstInstructions;
    this.#ns = chunk.firstNs;
  }

  /** Writes rows while there is room for one more; gives the length. */
  #fill(): number {
    const row = this.#row;
    const out = this.#out;
    // Room for the row, and for what was left out before it.
    const last = out.length - 2 * this.#lineMax;
    let at = 0;
    for (; this.#seq < this.#end && at <= last; this.#seq++) {
      const kind = row.bytes[row.at++]!;
      const vcpu = takeNumber(row);
      const instructions = this.#instructions + takeNumber(row);
      const ns = this.#ns + takeNumber(row);
      const rest = this.#rests[kind];
      const same = rest?.vcpu === vcpu && isNext(row, rest.row) ? rest : undefined;
      const isFolded = this.#comesAgain(kind, same !== undefined);
      if (!isFolded) at = this.#putFolded(at);
      this.#instructions = instructions;
      this.#ns = ns;
      this.#vcpu = vcpu;
      if (same) row.at += same.row.length;
      if (isFolded) this.#foldedPeriod = this.#period;
      if (isFolded) this.#folded++;
      else if (same) at = putBytes(out, this.#putMoment(at, this.#seq), same.text);
      else at = this.#putRest(this.#putMoment(at, this.#seq), kind, vcpu);
    }
    return this.#seq < this.#end ? at : this.#putFolded(at);
  }

  #putMoment(start: number, seq: number): number {
    const out = this.#out;
    const at = putDecimal(out, putBytes(out, start, SEQ), seq);
    return putDecimal(out, putBytes(out, putDecimal(out, putBytes(out, at, INSTRUCTIONS), this.#instructions), AT_NS), this.#ns);
  }

  /** Whether this row, and all before it for some rounds, are what stood one period earlier. `same`: as the last row of its kind. */
  #comesAgain(kind: number, same: boolean): boolean {
    const distance = this.#seq - (this.#lastSeq[kind] ?? -Infinity);
    this.#lastSeq[kind] = this.#seq;
    if (!same) this.#streak = 0;
    else if (distance === this.#period) this.#streak++;
    else this.#streak = 1;
    this.#period = distance;
    return distance <= PERIOD_MAX && this.#streak > REPEATS_SHOWN * distance;
  }

  /** The line for the rows that were left out, at the moment of the last of them. */
  #putFolded(start: number): number {
    if (this.#folded === 0) return start;
    const out = this.#out;
    let at = putDecimal(out, putBytes(out, this.#putMoment(start, this.#seq - 1), VCPU), this.#vcpu);
    at = putDecimal(out, putBytes(out, at, REPEATED), this.#foldedPeriod);
    at = putDecimal(out, putBytes(out, at, ROWS), this.#folded);
    this.#folded = 0;
    return putBytes(out, at, END);
  }

  #putRest(start: number, kind: number, vcpu: number): number {
    const row = this.#row;
    const out = this.#out;
    const rowStart = row.at;
    let at = putDecimal(out, putBytes(out, start, VCPU), vcpu);
    at = this.#putFields(putBytes(out, at, KIND_BYTES[kind]!), kind);
    at = putBytes(out, at, END);
    this.#rests[kind] = { vcpu, row: row.bytes.slice(rowStart, row.at), text: out.slice(start, at) };
    return at;
  }

  #putFields(start: number, kind: number): number {
    const row = this.#row;
    const out = this.#out;
    const { types } = KINDS[kind]!;
    const names = FIELD_BYTES[kind]!;
    let at = start;
    for (let i = 0; i < types.length; i++) {
      at = putBytes(out, at, names[i]!);
      const type = types[i];
      if (type === FIELD_NUMBER) at = putDecimal(out, at, takeNumber(row));
      else if (type === FIELD_U64) at = putHex(out, at, takeNumber(row), takeNumber(row));
      else at = putBytes(out, at, this.#strings[takeNumber(row)]!);
    }
    return at;
  }
}

/** Whether these bytes come next. */
function isNext({ bytes, at }: { readonly bytes: Uint8Array; readonly at: number }, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

/** Each of these writes from `start` on, and gives where it ended. */
function putBytes(out: Uint8Array, start: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) out[start + i] = bytes[i]!;
  return start + bytes.length;
}

function putDecimal(out: Uint8Array, start: number, value: number): number {
  if (value < BILLION) return putDigits(out, start, value | 0, 1);
  const high = Math.floor(value / BILLION);
  return putDigits(out, putDigits(out, start, high, 1), value - high * BILLION, 9);
}

/** Decimal digits of a number below a billion, with zeros in front up to `width`. */
function putDigits(out: Uint8Array, start: number, value: number, width: number): number {
  let end = start + width;
  for (let power = 10 ** width; power <= value; power *= 10) end++;
  let left = value | 0;
  for (let at = end - 1; at >= start; at--) {
    const next = (left / 10) | 0;
    out[at] = ZERO + left - next * 10;
    left = next;
  }
  return end;
}

function putHex(out: Uint8Array, start: number, low: number, high: number): number {
  let at = putBytes(out, start, HEX);
  let shift = 60;
  while (shift > 0 && digitOf(low, high, shift) === 0) shift -= 4;
  for (; shift >= 0; shift -= 4) out[at++] = DIGITS[digitOf(low, high, shift)]!;
  out[at++] = QUOTE;
  return at;
}

function digitOf(low: number, high: number, shift: number): number {
  return (shift >= 32 ? high >>> (shift - 32) : low >>> shift) & 0xf;
}
