import { takeNumber, type Chunk } from './chunk';
import { FIELD_NUMBER, FIELD_U64, KINDS } from './kinds';

const PIECE_BYTES = 256 * 1024;
/** No line is longer but for its texts: four stamps and at most nine fields, of 20 digits and a name each. */
const LINE_MAX = 2048;
const FIELDS_MAX = 9;
const BILLION = 1_000_000_000;
const ZERO = 0x30;

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
  #length = 0;
  #row: { readonly bytes: Uint8Array; at: number } = { bytes: new Uint8Array(0), at: 0 };
  #strings: readonly Uint8Array[] = [];
  #rests: (Rest | undefined)[] = [];

  /** Pieces of the text. Each is good until the next is asked for. */
  *of(chunks: Iterable<Chunk>): Iterable<Uint8Array> {
    for (const chunk of chunks) {
      if (this.#length > 0) yield this.#flush();
      this.#begin(chunk);
      let { firstInstructions: instructions, firstNs: atNs } = chunk;
      for (let row = 0; row < chunk.rows; row++) {
        const kind = this.#row.bytes[this.#row.at++]!;
        const vcpu = takeNumber(this.#row);
        instructions += takeNumber(this.#row);
        atNs += takeNumber(this.#row);
        if (this.#length + this.#lineMax > this.#out.length) yield this.#flush();
        this.#copy(SEQ);
        this.#decimal(chunk.firstSeq + row);
        this.#copy(INSTRUCTIONS);
        this.#decimal(instructions);
        this.#copy(AT_NS);
        this.#decimal(atNs);
        this.#rest(kind, vcpu);
      }
    }
    if (this.#length > 0) yield this.#flush();
  }

  #begin(chunk: Chunk): void {
    this.#row = { bytes: chunk.bytes, at: 0 };
    this.#rests = [];
    this.#strings = chunk.strings.map((text) => utf8.encode(JSON.stringify(text)));
    this.#lineMax = LINE_MAX + FIELDS_MAX * this.#strings.reduce((longest, { length }) => Math.max(longest, length), 0);
    if (this.#lineMax > this.#out.length) this.#out = new Uint8Array(this.#lineMax);
  }

  #rest(kind: number, vcpu: number): void {
    const last = this.#rests[kind];
    if (last?.vcpu === vcpu && this.#isNext(last.row)) {
      this.#row.at += last.row.length;
      this.#out.set(last.text, this.#length);
      this.#length += last.text.length;
      return;
    }
    const [row, text] = [this.#row.at, this.#length];
    this.#copy(VCPU);
    this.#decimal(vcpu);
    this.#fields(kind);
    this.#rests[kind] = { vcpu, row: this.#row.bytes.slice(row, this.#row.at), text: this.#out.slice(text, this.#length) };
  }

  #isNext(row: Uint8Array): boolean {
    const { bytes, at } = this.#row;
    for (let i = 0; i < row.length; i++) if (bytes[at + i] !== row[i]) return false;
    return true;
  }

  #fields(kind: number): void {
    const { types } = KINDS[kind]!;
    const names = FIELD_BYTES[kind]!;
    this.#copy(KIND_BYTES[kind]!);
    for (let i = 0; i < types.length; i++) {
      this.#copy(names[i]!);
      const type = types[i];
      if (type === FIELD_NUMBER) this.#decimal(takeNumber(this.#row));
      else if (type === FIELD_U64) this.#hex(takeNumber(this.#row), takeNumber(this.#row));
      else this.#copy(this.#strings[takeNumber(this.#row)]!);
    }
    this.#copy(END);
  }

  #flush(): Uint8Array {
    const piece = this.#out.subarray(0, this.#length);
    this.#length = 0;
    return piece;
  }

  #copy(text: Uint8Array): void {
    const out = this.#out;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) out[at++] = text[i]!;
    this.#length = at;
  }

  #decimal(value: number): void {
    if (value < BILLION) return this.#digits(value | 0, 1);
    const high = Math.floor(value / BILLION);
    this.#digits(high, 1);
    this.#digits(value - high * BILLION, 9);
  }

  /** Decimal digits of a number below a billion, with zeros in front up to `width`. */
  #digits(value: number, width: number): void {
    let length = 1;
    for (let power = 10; power <= value && length < 10; power *= 10) length++;
    if (length < width) length = width;
    const out = this.#out;
    let left = value | 0;
    for (let at = this.#length + length - 1; at >= this.#length; at--) {
      const next = (left / 10) | 0;
      out[at] = ZERO + left - next * 10;
      left = next;
    }
    this.#length += length;
  }

  #hex(low: number, high: number): void {
    this.#copy(HEX);
    const out = this.#out;
    let started = false;
    for (let shift = 60; shift >= 0; shift -= 4) {
      const digit = ((shift >= 32 ? high >>> (shift - 32) : low >>> shift) & 0xf) >>> 0;
      if (digit === 0 && !started && shift > 0) continue;
      started = true;
      out[this.#length++] = DIGITS[digit]!;
    }
    out[this.#length++] = 0x22;
  }
}
