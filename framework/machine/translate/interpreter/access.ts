import {
  OP_ADDRESS_MASK,
  OP_BASE,
  OP_DISP,
  OP_IMM,
  OP_LENGTH,
  OP_OFFSET,
  OP_REG,
  OP_RM,
  OP_SCALE,
  OP_SCALED,
  OP_SEG,
} from '../../core/layout/blocks';
import { FLAG_AUX, FLAG_RESULT, GPR, IP } from '../../core/layout/cpu-state';
import { FPU_REGISTER_EXPONENT } from '../../core/layout/fpu-state';
import { CURRENT_OP } from '../../core/layout/run-state';
import type { Access, OperandSize, Size, Variable } from '../../isa/emit/access';
import type { Expr, ValueType } from '../../isa/emit/expression';
import { add, and, c32, eq, isZero, load, local, shl, widenU } from '../../isa/emit/expression';
import type { RuntimeName } from '../../isa/emit/runtime';
import { extractLane, loadVector, scalarToVector } from '../../isa/emit/vector';
import { runtimeSignature } from '../../isa/emit/runtime';
import type { Handler, Operand } from '../../isa/handlers';
import type { FunctionBody } from '../wasm/function-body';
import { type MemoryAccess, GuestMemory, loadSized } from './memory';

const ZERO_ADDRESS = c32(0);

/** What the function that a handler is emitted in gives it. */
export interface Surroundings {
  readonly body: FunctionBody;
  /** Local that holds the op record's address. */
  readonly pc: number;
  readonly runtime: (name: RuntimeName) => number;
  /** Ends the handler with a near jump. */
  readonly jump: (target: Expr) => void;
  /** Ends the handler with a near jump to the start of the block under way. */
  readonly again: () => void;
}

/** The interpreter's back end: guest registers in memory, operands named by the op record at `pc`. */
export class InterpreterAccess implements Access {
  readonly size: Size;
  private readonly body: FunctionBody;
  private readonly pc: Expr;
  private readonly memory: MemoryAccess;
  private readonly mutable = new Set<number>();

  constructor(
    private readonly handler: Handler,
    private readonly surroundings: Surroundings,
    memory?: MemoryAccess,
  ) {
    this.size = handler.size;
    this.body = surroundings.body;
    this.pc = local('i32', surroundings.pc);
    this.memory = memory ?? new GuestMemory(this.body, (name, args) => this.callRuntime(name, args));
  }

  /** Stores CURRENT_OP and calls; a result stays on the Wasm stack. */
  private callRuntime(name: RuntimeName, args: readonly Expr[]): void {
    this.body.store(ZERO_ADDRESS, this.pc, 32, CURRENT_OP);
    this.body.call(this.surroundings.runtime(name), args);
  }

  keep(value: Expr): Expr {
    if (value.op === 'const' || (value.op === 'local' && !this.mutable.has(Number(value.value)))) return value;
    const index = this.body.local(value.type);
    this.body.setLocal(index, value);
    return local(value.type, index);
  }

  variable(type: ValueType): Variable {
    const index = this.body.local(type);
    this.mutable.add(index);
    return { index, value: local(type, index) };
  }

  set(variable: Variable, value: Expr): void {
    this.body.setLocal(variable.index, value);
  }

  if(condition: Expr, then: () => void, otherwise?: () => void): void {
    this.body.if(condition, then, otherwise);
  }

  private operand(index: number): Operand {
    const operand = this.handler.operands[index];
    if (operand === undefined) throw new Error(`${this.handler.name} has no operand ${index}`);
    return operand;
  }

  operandSize(index: number): Size {
    const size = this.vectorSize(index);
    if (size === 128) throw new Error(`${this.handler.name}: operand ${index} has 128 bits`);
    return size;
  }

  vectorSize(index: number): OperandSize {
    const operand = this.operand(index);
    return operand.kind === 'segment' ? 16 : operand.size;
  }

  isMemory(index: number): boolean {
    return this.operand(index).kind === 'memory';
  }

  private field(offset: number): Expr {
    return load('i32', this.pc, offset, 'load16U');
  }

  private static registerField(operand: { field: 'rm' | 'reg' }): number {
    return operand.field === 'rm' ? OP_RM : OP_REG;
  }

  read(index: number): Expr {
    const operand = this.operand(index);
    switch (operand.kind) {
      case 'register':
        return this.keep(loadSized(this.field(InterpreterAccess.registerField(operand)), operand.size));
      case 'immediate':
        return this.keep(loadSized(this.pc, operand.size, OP_IMM));
      case 'memory':
        return this.memory.load(this.segment(), this.address(), this.operandSize(index));
      case 'vector':
        return this.keep(loadSized(this.field(InterpreterAccess.registerField(operand)), this.operandSize(index)));
      case 'segment':
        throw new Error(`${this.handler.name}: segment operands are read through segmentRegister`);
    }
  }

  write(index: number, value: Expr): void {
    const operand = this.operand(index);
    if (operand.kind === 'register') {
      this.storeRegister(this.field(InterpreterAccess.registerField(operand)), operand.size, value);
    } else if (operand.kind === 'memory') {
      const kept = this.keep(value);
      this.memory.store(this.segment(), this.address(), operand.size, kept);
    } else if (operand.kind === 'vector') {
      const address = this.keep(this.field(InterpreterAccess.registerField(operand)));
      this.body.store(address, value, operand.size);
      // The x87 register that an MMX register is part of gets an exponent of ones.
      if (operand.file === 'mmx') this.body.store(address, c32(0xffff), 16, FPU_REGISTER_EXPONENT);
    } else throw new Error(`${this.handler.name}: operand ${index} cannot be written`);
  }

  vector(index: number): Expr {
    const operand = this.operand(index);
    if (operand.kind === 'memory' && operand.size === 128) return this.memory.loadVector(this.segment(), this.address(), operand.aligned);
    if (operand.kind !== 'vector' || operand.size < 32) return this.keep(scalarToVector(this.read(index)));
    const size = operand.size === 128 ? 128 : operand.size === 64 ? 64 : 32;
    return this.keep(loadVector(this.field(InterpreterAccess.registerField(operand)), size));
  }

  setVector(index: number, value: Expr): void {
    const operand = this.operand(index);
    if (operand.kind === 'memory' && operand.size === 128) {
      const kept = this.keep(value);
      this.memory.storeVector(this.segment(), this.address(), operand.aligned, kept);
    } else if (operand.kind === 'vector' && operand.size === 128) {
      this.body.store(this.field(InterpreterAccess.registerField(operand)), value, 128);
    } else this.write(index, extractLane(this.operandSize(index), value, 0));
  }

  /** A 32-bit register write clears the upper half. */
  private storeRegister(address: Expr, size: Size, value: Expr, offset = 0): void {
    if (size === 32) this.body.store(address, widenU(value), 64, offset);
    else this.body.store(address, value, size, offset);
  }

  modify(index: number, compute: (old: Expr) => Expr): void {
    const operand = this.operand(index);
    if (operand.kind === 'register') {
      const address = this.keep(this.field(InterpreterAccess.registerField(operand)));
      const old = this.keep(loadSized(address, operand.size));
      this.storeRegister(address, operand.size, this.keep(compute(old)));
    } else if (operand.kind === 'memory') this.modifyAt(this.segment(), this.address(), this.operandSize(index), compute);
    else throw new Error(`${this.handler.name}: operand ${index} cannot be written`);
  }

  private memoryForm(): 'simple' | 'general' | 'absolute' {
    for (const operand of this.handler.operands) if (operand.kind === 'memory') return operand.form;
    throw new Error(`${this.handler.name} has no memory operand`);
  }

  address(extra?: Expr): Expr {
    const form = this.memoryForm();
    if (form === 'absolute') return this.keep(load('i64', this.pc, OP_IMM));
    let sum = add(load('i64', this.field(OP_BASE)), load('i64', this.pc, OP_DISP, 'load32S'));
    if (form === 'general') {
      const index = load('i64', this.field(OP_SCALED));
      sum = add(sum, shl(index, load('i64', this.pc, OP_SCALE, 'load8U')));
    }
    if (extra !== undefined) sum = add(sum, extra);
    return this.keep(and(sum, this.addressMask()));
  }

  addressMask(): Expr {
    return load('i64', this.field(OP_ADDRESS_MASK));
  }

  segment(): Expr {
    return this.keep(this.field(OP_SEG));
  }

  baseIs(register: number): Expr {
    return eq(this.field(OP_BASE), c32(GPR + 8 * register));
  }

  segmentRegister(index: number): Expr {
    if (this.operand(index).kind !== 'segment') throw new Error(`${this.handler.name}: operand ${index} is no segment register`);
    return this.field(OP_REG);
  }

  gpr(register: number, size: Size): Expr {
    return this.keep(loadSized(ZERO_ADDRESS, size, GPR + 8 * register));
  }

  setGpr(register: number, size: Size, value: Expr): void {
    this.storeRegister(ZERO_ADDRESS, size, value, GPR + 8 * register);
  }

  load(segment: Expr, ea: Expr, size: OperandSize): Expr {
    return this.memory.load(this.keep(segment), this.keep(ea), size);
  }

  store(segment: Expr, ea: Expr, size: OperandSize, value: Expr): void {
    const kept = this.keep(value);
    this.memory.store(this.keep(segment), this.keep(ea), size, kept);
  }

  modifyAt(segment: Expr, ea: Expr, size: Size, compute: (old: Expr) => Expr): void {
    this.memory.modify(this.keep(segment), this.keep(ea), size, compute);
  }

  checkStore(segment: Expr, ea: Expr, bytes: number): void {
    this.memory.checkStore(this.keep(segment), this.keep(ea), bytes);
  }

  state(type: ValueType, address: number): Expr {
    return type === 'v128' ? loadVector(ZERO_ADDRESS, 128, address) : load(type, ZERO_ADDRESS, address);
  }

  setState(address: number, value: Expr): void {
    this.body.store(ZERO_ADDRESS, value, { i32: 32, i64: 64, v128: 128 }[value.type] as OperandSize, address);
  }

  flagResult(): Expr {
    return this.state('i64', FLAG_RESULT);
  }

  flagAux(): Expr {
    return this.state('i32', FLAG_AUX);
  }

  setFlagResult(value: Expr): void {
    this.setState(FLAG_RESULT, value);
  }

  setFlagAux(value: Expr): void {
    this.setState(FLAG_AUX, value);
  }

  nextIp(): Expr {
    const offset = add(this.field(OP_OFFSET), load('i32', this.pc, OP_LENGTH, 'load8U'));
    return this.keep(add(this.state('i64', IP), widenU(offset)));
  }

  relativeTarget(): Expr {
    const target = add(this.state('i64', IP), load('i64', this.pc, OP_IMM));
    return this.keep(and(target, this.addressMask()));
  }

  /** A block that jumps to its own start is entered again without a look at the jump cache. */
  jumpRelative(): void {
    this.body.if(isZero(load('i64', this.pc, OP_IMM)), () => this.surroundings.again());
    this.jump(this.relativeTarget());
  }

  jump(target: Expr): void {
    this.surroundings.jump(target);
  }

  call(name: RuntimeName, ...args: Expr[]): void {
    if (runtimeSignature(name).results.length > 0) throw new Error(`${name} gives a value`);
    this.callRuntime(
      name,
      args.map((arg) => this.keep(arg)),
    );
  }

  value(name: RuntimeName, ...args: Expr[]): Expr {
    const [type] = runtimeSignature(name).results;
    if (type === undefined) throw new Error(`${name} gives no value`);
    this.callRuntime(name, args);
    const index = this.body.local(type);
    this.body.popLocal(index);
    return local(type, index);
  }
}
