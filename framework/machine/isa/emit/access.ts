import type { Expr, ValueType } from './expression';
import type { RuntimeName } from './runtime';

/** Bits of an operand. */
export type Size = 8 | 16 | 32 | 64;
export type OperandSize = Size | 128;

/** A local that may be set more than once. */
export interface Variable {
  readonly value: Expr;
  readonly index: number;
}

/**
 * What an emit function says what its instruction does with. One back end makes interpreter handlers (registers in memory, operands from
 * the op record), another can make straight code (registers in locals, operands constant).
 *
 * Values of operand size are i32 for 8, 16 and 32 bits and i64 for 64. What comes from `read`, `gpr` and `load` is zero-extended; what goes
 * to `write`, `setGpr` and `store` may have anything above its size. Statements are emitted in the order of the calls; every value that
 * `read`, `gpr`, `load`, `keep` and `value` give is fixed at that moment.
 */
export interface Access {
  /** Operand size of the variant under way. */
  readonly size: Size;

  keep(value: Expr): Expr;
  variable(type: ValueType): Variable;
  set(variable: Variable, value: Expr): void;
  if(condition: Expr, then: () => void, otherwise?: () => void): void;

  operandSize(index: number): Size;
  isMemory(index: number): boolean;
  read(index: number): Expr;
  write(index: number, value: Expr): void;
  /** A vector register or memory operand as v128, zeros above its size. */
  vector(index: number): Expr;
  /** Writes the low bits of a v128, as many as the operand has; what an XMM register has above them stays. */
  setVector(index: number, value: Expr): void;
  /** Bits of an operand, 128 possible. */
  vectorSize(index: number): OperandSize;
  /** Reads, computes and writes back; a memory operand is checked for writing before it is read, and translated once. */
  modify(index: number, compute: (old: Expr) => Expr): void;
  /** Effective address (i64, masked to the address size) of the memory operand, `extra` added before the masking. */
  address(extra?: Expr): Expr;
  /** State address (i32) of the segment cache of the memory operand, explicit or implied. */
  segment(): Expr;
  /** i32: 1 when the base register of the memory operand is `register`. */
  baseIs(register: number): Expr;
  /** State address (i32) of the segment cache that an `Sw` operand names. */
  segmentRegister(index: number): Expr;
  /** Address size of the instruction as a mask (i64). */
  addressMask(): Expr;

  gpr(register: number, size: Size): Expr;
  setGpr(register: number, size: Size, value: Expr): void;

  /** `m.load` of 128 bits is a v128 that need not be aligned. */
  load(segment: Expr, ea: Expr, size: OperandSize): Expr;
  store(segment: Expr, ea: Expr, size: OperandSize, value: Expr): void;
  modifyAt(segment: Expr, ea: Expr, size: Size, compute: (old: Expr) => Expr): void;
  /** Raises what a store of `bytes` bytes there would raise. */
  checkStore(segment: Expr, ea: Expr, bytes: number): void;
  /** A field of the CPU state. */
  state(type: ValueType, address: number): Expr;
  setState(address: number, value: Expr): void;

  /** FLAG_RESULT (i64) and FLAG_AUX (i32), see core/layout/cpu-state.ts. */
  flagResult(): Expr;
  flagAux(): Expr;
  setFlagResult(value: Expr): void;
  setFlagAux(value: Expr): void;

  /** (R)IP of the next instruction, i64. */
  nextIp(): Expr;
  /** Target of a relative branch, i64. */
  relativeTarget(): Expr;
  /** Near jump to `relativeTarget`; the instruction ends here. */
  jumpRelative(): void;
  /** Near jump; the instruction ends here. */
  jump(target: Expr): void;
  call(name: RuntimeName, ...args: Expr[]): void;
  value(name: RuntimeName, ...args: Expr[]): Expr;
}

/** Semantics of one instruction, for every variant of it. */
export type Emit = (m: Access) => void;

export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RBX = 3;
export const RSP = 4;
export const RBP = 5;
export const RDI = 7;
