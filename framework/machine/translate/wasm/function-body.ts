import type { Expr, ValueType } from '../../isa/emit/expression';
import { ByteBuffer } from './byte-buffer';
import * as W from './opcodes';

/** A branch target: the number of enclosing blocks when it was opened. */
export type Label = number;

/** One function's code, written statement by statement. Locals are handed out from a pool that `releaseLocals` gives back. */
export class FunctionBody {
  private readonly code = new ByteBuffer(1 << 12);
  private readonly declared: ValueType[] = [];
  private readonly used: Record<ValueType, number> = { i32: 0, i64: 0, v128: 0 };
  private readonly pool: Record<ValueType, number[]> = { i32: [], i64: [], v128: [] };
  private depth = 0;

  constructor(private readonly params: readonly ValueType[]) {}

  /** A local that stays until `releaseLocals`. */
  local(type: ValueType): number {
    const position = this.used[type]++;
    const known = this.pool[type][position];
    if (known !== undefined) return known;
    const index = this.permanentLocal(type);
    this.pool[type].push(index);
    return index;
  }

  permanentLocal(type: ValueType): number {
    return this.params.length + this.declared.push(type) - 1;
  }

  releaseLocals(): void {
    this.used.i32 = 0;
    this.used.i64 = 0;
    this.used.v128 = 0;
  }

  expression(value: Expr): void {
    const { code } = this;
    switch (value.op) {
      case 'const':
        code.byte(value.type === 'i32' ? W.I32_CONST : W.I64_CONST);
        if (value.type === 'i32') code.signed32(Number(value.value));
        else code.signed64(BigInt(value.value));
        return;
      case 'local':
        code.byte(W.LOCAL_GET);
        code.unsigned(Number(value.value));
        return;
      default:
        break;
    }
    for (const arg of value.args) this.expression(arg);
    if (value.op === 'select') {
      code.byte(W.SELECT);
      return;
    }
    if (value.op === 'vector') {
      code.byte(W.VECTOR);
      code.unsigned(Number(value.value));
      for (const byte of value.immediate ?? []) code.byte(byte);
      return;
    }
    const isLoad = value.op.startsWith('load');
    const type = isLoad ? value.type : (value.args[0]?.type ?? value.type);
    if (type === 'v128') throw new Error(`${value.op} of a vector`);
    code.byte(W.OPCODES[value.op][type]);
    if (isLoad) this.memoryArgument(Number(value.value));
  }

  /** Alignment is a hint: 0 is always right. */
  private memoryArgument(offset: number): void {
    this.code.byte(0);
    this.code.unsigned(offset);
  }

  setLocal(index: number, value: Expr): void {
    this.expression(value);
    this.code.byte(W.LOCAL_SET);
    this.code.unsigned(index);
  }

  /** Pops the value on the stack into a local. */
  popLocal(index: number): void {
    this.code.byte(W.LOCAL_SET);
    this.code.unsigned(index);
  }

  /** `size` bits of `value`; of a vector always all. */
  store(address: Expr, value: Expr, size: 8 | 16 | 32 | 64 | 128, offset = 0): void {
    this.expression(address);
    this.expression(value);
    if (value.type === 'v128') {
      this.code.byte(W.VECTOR);
      this.code.unsigned(W.VECTOR_STORE);
    } else {
      const opcodes: Partial<Record<number, number>> = W.STORE_OPCODES[value.type];
      const opcode = opcodes[size];
      if (opcode === undefined) throw new Error(`${size}-bit store of an ${value.type}`);
      this.code.byte(opcode);
    }
    this.memoryArgument(offset);
  }

  call(index: number, args: readonly Expr[]): void {
    for (const arg of args) this.expression(arg);
    this.code.byte(W.CALL);
    this.code.unsigned(index);
  }

  private open(opcode: number): Label {
    this.code.byte(opcode);
    this.code.byte(W.NO_RESULT);
    return ++this.depth;
  }

  block(): Label {
    return this.open(W.BLOCK);
  }

  loop(): Label {
    return this.open(W.LOOP);
  }

  if(condition: Expr, then: () => void, otherwise?: () => void): void {
    this.expression(condition);
    this.open(W.IF);
    then();
    if (otherwise !== undefined) {
      this.code.byte(W.ELSE);
      otherwise();
    }
    this.end();
  }

  end(): void {
    this.depth--;
    this.code.byte(W.END);
  }

  branch(label: Label): void {
    this.code.byte(W.BR);
    this.code.unsigned(this.depth - label);
  }

  branchIf(condition: Expr, label: Label): void {
    this.expression(condition);
    this.code.byte(W.BR_IF);
    this.code.unsigned(this.depth - label);
  }

  /** call_indirect through the module's table; its results stay on the stack. */
  callIndirect(type: number, index: Expr, args: readonly Expr[]): void {
    for (const arg of args) this.expression(arg);
    this.expression(index);
    this.code.byte(W.CALL_INDIRECT);
    this.code.unsigned(type);
    this.code.unsigned(0);
  }

  /** br_table over `targets`, `fallback` for what is beyond. */
  branchTable(index: Expr, targets: readonly Label[], fallback: Label): void {
    this.expression(index);
    this.code.byte(W.BR_TABLE);
    this.code.unsigned(targets.length);
    for (const label of [...targets, fallback]) this.code.unsigned(this.depth - label);
  }

  return(): void {
    this.code.byte(W.RETURN);
  }

  unreachable(): void {
    this.code.byte(W.UNREACHABLE);
  }

  drop(): void {
    this.code.byte(W.DROP);
  }

  /** Leaves a value on the stack. */
  push(value: Expr): void {
    this.expression(value);
  }

  /** Locals and code, without the size in front. */
  encode(): Uint8Array {
    if (this.depth !== 0) throw new Error(`${this.depth} blocks are still open`);
    const out = new ByteBuffer(this.code.length + 64);
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.declared) {
      const last = runs[runs.length - 1];
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    out.unsigned(runs.length);
    for (const { type, count } of runs) {
      out.unsigned(count);
      out.byte(W.VALUE_TYPES[type]);
    }
    out.raw(this.code.view());
    out.byte(W.END);
    return out.view().slice();
  }
}
