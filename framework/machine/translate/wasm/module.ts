import type { Signature } from '../../isa/emit/runtime';
import { ByteBuffer } from './byte-buffer';
import type { FunctionBody } from './function-body';
import { VALUE_TYPES } from './opcodes';

interface Import {
  readonly module: string;
  readonly name: string;
  readonly type: number;
}

const FUNCREF = 0x70;

/** One active segment an entry: they are few enough, and positions may have gaps. */
function encodeElements(body: ByteBuffer, elements: readonly (readonly [position: number, index: number])[]): void {
  for (const [position, index] of elements) {
    body.byte(0);
    body.byte(0x41);
    body.signed32(position);
    body.byte(0x0b);
    body.unsigned(1);
    body.unsigned(index);
  }
}

/** Assembles a Wasm module that imports "env"."memory" and functions, and has functions, exports and active data segments of its own. */
export class WasmModule {
  private readonly types = new ByteBuffer();
  private readonly typeIndexes = new Map<string, number>();
  private readonly imports: Import[] = [];
  private readonly functions: { type: number; body: FunctionBody | undefined }[] = [];
  private readonly exports: { name: string; index: number }[] = [];
  private readonly data: { address: number; bytes: Uint8Array }[] = [];
  /** Function index by position of the one table. */
  private readonly table: (number | undefined)[] = [];

  /** Type index of a signature. */
  typeOf({ params, results }: Signature): number {
    const key = `${params.join()}:${results.join()}`;
    const known = this.typeIndexes.get(key);
    if (known !== undefined) return known;
    const index = this.typeIndexes.size;
    this.typeIndexes.set(key, index);
    this.types.byte(0x60);
    for (const list of [params, results]) {
      this.types.unsigned(list.length);
      for (const type of list) this.types.byte(VALUE_TYPES[type]);
    }
    return index;
  }

  /** Function index of an import. All imports come before the first own function. */
  importFunction(module: string, name: string, signature: Signature): number {
    if (this.functions.length > 0) throw new Error(`import ${name} after a function was declared`);
    return this.imports.push({ module, name, type: this.typeOf(signature) }) - 1;
  }

  /** Declares a function whose body follows later. */
  declareFunction(signature: Signature): number {
    return this.imports.length + this.functions.push({ type: this.typeOf(signature), body: undefined }) - 1;
  }

  defineFunction(index: number, body: FunctionBody): void {
    const entry = this.functions[index - this.imports.length];
    if (entry === undefined) throw new Error(`no function ${index}`);
    entry.body = body;
  }

  exportFunction(name: string, index: number): void {
    this.exports.push({ name, index });
  }

  /** Puts a function into the table that `call_indirect` uses. */
  setTable(position: number, index: number): void {
    this.table[position] = index;
  }

  addData(address: number, bytes: Uint8Array): void {
    this.data.push({ address, bytes });
  }

  /** `pages`: initial size that the imported memory must have at least. */
  encode(pages: number): Uint8Array {
    const out = new ByteBuffer(1 << 20);
    out.raw(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    const section = (id: number, count: number, fill: (buffer: ByteBuffer) => void): void => {
      const body = new ByteBuffer();
      body.unsigned(count);
      fill(body);
      out.byte(id);
      out.unsigned(body.length);
      out.raw(body.view());
    };
    section(1, this.typeIndexes.size, (body) => body.raw(this.types.view()));
    section(2, this.imports.length + 1, (body) => this.encodeImports(body, pages));
    section(3, this.functions.length, (body) => this.functions.forEach(({ type }) => body.unsigned(type)));
    if (this.table.length > 0) section(4, 1, (body) => this.encodeTable(body));
    section(7, this.exports.length, (body) => this.encodeExports(body));
    const elements = [...this.table.entries()].filter((entry): entry is [number, number] => entry[1] !== undefined);
    if (elements.length > 0) section(9, elements.length, (body) => encodeElements(body, elements));
    section(10, this.functions.length, (body) => this.encodeCode(body));
    section(11, this.data.length, (body) => this.encodeData(body));
    return out.view().slice();
  }

  private encodeTable(body: ByteBuffer): void {
    body.byte(FUNCREF);
    body.byte(0);
    body.unsigned(this.table.length);
  }

  private encodeImports(body: ByteBuffer, pages: number): void {
    body.text('env');
    body.text('memory');
    body.byte(2);
    body.byte(0);
    body.unsigned(pages);
    for (const { module, name, type } of this.imports) {
      body.text(module);
      body.text(name);
      body.byte(0);
      body.unsigned(type);
    }
  }

  private encodeExports(body: ByteBuffer): void {
    for (const { name, index } of this.exports) {
      body.text(name);
      body.byte(0);
      body.unsigned(index);
    }
  }

  private encodeCode(body: ByteBuffer): void {
    for (const { body: code } of this.functions) {
      if (code === undefined) throw new Error('a declared function has no body');
      const encoded = code.encode();
      body.unsigned(encoded.length);
      body.raw(encoded);
    }
  }

  private encodeData(body: ByteBuffer): void {
    for (const { address, bytes } of this.data) {
      body.byte(0);
      body.byte(0x41);
      body.signed32(address);
      body.byte(0x0b);
      body.unsigned(bytes.length);
      body.raw(bytes);
    }
  }
}
