import { takeNumber, type Chunk } from './chunk';
import { FIELD_NUMBER, FIELD_U64, KINDS } from './kinds';

const PIECE_BYTES = 256 * 1024;
/** No line is longer but for its texts: four stamps and at most nine fields, of 20 digits and a name each. */
const LINE_MAX = 2048;
const FIELDS_MAX = 9;
const BILLION = 1_000_000_000;
const ZERO = 0x30;
const QUOTE = 0x22;

const utf8 = new TextEncoder();
const SEQ = utf8.encode('{"seq":');
const INSTRUCTIONS = utf8.encode(',"instructions":');
const AT_NS = utf8.encode(',"atNs":');
const VCPU = utf8.encode(',"vcpu":');
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
 * bytes, as a boot has up to a million rows, and an object and a string for each would take longer than the boot.
 */
export class JsonLines {
  #out = new Uint8Array(PIECE_BYTES);
  #lineMax = LINE_MAX;
  #row: { readonly bytes: Uint8Array; at: number } = { bytes: new Uint8Array(0), at: 0 };
  #strings: readonly Uint8Array[] = [];
  #rests: (Rest | undefined)[] = [];
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
    this.#strings = chunk.strings.map((text) => utf8.encode(JSON.stringify(text)));
    this.#lineMax = LINE_MAX + FIELDS_MAX * this.#strings.reduce((longest, { length }) => Math.max(longest, length), 0);
    if (this.#lineMax > this.#out.length) this.#out = new Uint8Array(this.#lineMax);
    this.#seq = chunk.firstSeq;
    this.#end = chunk.firstSeq + chunk.rows;
    this.#instructions = chunk.firstInstructions;
    this.#ns = chunk.firstNs;
  }

  /** Writes rows while there is room for one more; gives the length. */
  #fill(): number {
    const row = this.#row;
    const out = this.#out;
    const last = out.length - this.#lineMax;
    let at = 0;
    for (; this.#seq < this.#end && at <= last; this.#seq++) {
      const kind = row.bytes[row.at++]!;
      const vcpu = takeNumber(row);
      this.#instructions += takeNumber(row);
      this.#ns += takeNumber(row);
      at = putDecimal(out, putBytes(out, at, SEQ), this.#seq);
      at = putDecimal(out, putBytes(out, at, INSTRUCTIONS), this.#instructions);
      at = putDecimal(out, putBytes(out, at, AT_NS), this.#ns);
      at = this.#putRest(at, kind, vcpu);
    }
    return at;
  }

  #putRest(start: number, kind: number, vcpu: number): number {
    const row = this.#row;
    const out = this.#out;
    const last = this.#rests[kind];
    if (last?.vcpu === vcpu && isNext(row, last.row)) {
      row.at += last.row.length;
      out.set(last.text, start);
      return start + last.text.length;
    }
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
