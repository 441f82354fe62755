/**
 * Typed expressions that emit functions build and a back end turns into Wasm. A tree is pure but for `load`: it reads memory when it
 * is evaluated, which is where the statement that uses it stands; `Access.keep` evaluates it at once.
 */
export type ValueType = 'i32' | 'i64' | 'v128';

export type BinaryOp =
  'add' | 'sub' | 'mul' | 'divS' | 'divU' | 'remS' | 'remU' | 'and' | 'or' | 'xor' | 'shl' | 'shrS' | 'shrU' | 'rotl' | 'rotr';
export type CompareOp = 'eq' | 'ne' | 'ltS' | 'ltU' | 'gtS' | 'gtU' | 'leS' | 'leU' | 'geS' | 'geU';
export type UnaryOp = 'clz' | 'ctz' | 'popcnt' | 'extend8S' | 'extend16S' | 'extend32S';
export type ConvertOp = 'eqz' | 'wrap' | 'extendS' | 'extendU';
export type LoadOp = 'load' | 'load8U' | 'load16U' | 'load8S' | 'load16S' | 'load32U' | 'load32S';
export type Op = 'const' | 'local' | 'select' | 'vector' | BinaryOp | CompareOp | UnaryOp | ConvertOp | LoadOp;

export interface Expr {
  readonly type: ValueType;
  readonly op: Op;
  readonly args: readonly Expr[];
  /** Constant (sign-extended), local index, offset of a load, or number of a vector operation. */
  readonly value: number | bigint;
  /** What follows a vector operation's number: lane, shuffle, constant or place in memory. */
  readonly immediate?: readonly number[];
}

export function c32(value: number): Expr {
  return { type: 'i32', op: 'const', args: [], value: value | 0 };
}

export function c64(value: number | bigint): Expr {
  return { type: 'i64', op: 'const', args: [], value: BigInt.asIntN(64, BigInt(value)) };
}

/** A constant of the type of `like`. */
export function constantLike(like: Expr, value: number | bigint): Expr {
  return like.type === 'i32' ? c32(Number(BigInt.asIntN(32, BigInt(value)))) : c64(value);
}

function binary(op: BinaryOp, a: Expr, b: Expr): Expr {
  if (a.type !== b.type) throw new Error(`${op}: ${a.type} with ${b.type}`);
  return { type: a.type, op, args: [a, b], value: 0 };
}

function compare(op: CompareOp, a: Expr, b: Expr): Expr {
  if (a.type !== b.type) throw new Error(`${op}: ${a.type} with ${b.type}`);
  return { type: 'i32', op, args: [a, b], value: 0 };
}

function unary(op: UnaryOp, a: Expr): Expr {
  return { type: a.type, op, args: [a], value: 0 };
}

export const add = (a: Expr, b: Expr) => binary('add', a, b);
export const sub = (a: Expr, b: Expr) => binary('sub', a, b);
export const mul = (a: Expr, b: Expr) => binary('mul', a, b);
export const divS = (a: Expr, b: Expr) => binary('divS', a, b);
export const divU = (a: Expr, b: Expr) => binary('divU', a, b);
export const remS = (a: Expr, b: Expr) => binary('remS', a, b);
export const remU = (a: Expr, b: Expr) => binary('remU', a, b);
export const and = (a: Expr, b: Expr) => binary('and', a, b);
export const or = (a: Expr, b: Expr) => binary('or', a, b);
export const xor = (a: Expr, b: Expr) => binary('xor', a, b);
export const shl = (a: Expr, b: Expr) => binary('shl', a, b);
export const shrS = (a: Expr, b: Expr) => binary('shrS', a, b);
export const shrU = (a: Expr, b: Expr) => binary('shrU', a, b);
export const rotl = (a: Expr, b: Expr) => binary('rotl', a, b);
export const rotr = (a: Expr, b: Expr) => binary('rotr', a, b);
export const eq = (a: Expr, b: Expr) => compare('eq', a, b);
export const ne = (a: Expr, b: Expr) => compare('ne', a, b);
export const ltS = (a: Expr, b: Expr) => compare('ltS', a, b);
export const ltU = (a: Expr, b: Expr) => compare('ltU', a, b);
export const gtS = (a: Expr, b: Expr) => compare('gtS', a, b);
export const gtU = (a: Expr, b: Expr) => compare('gtU', a, b);
export const geS = (a: Expr, b: Expr) => compare('geS', a, b);
export const clz = (a: Expr) => unary('clz', a);
export const ctz = (a: Expr) => unary('ctz', a);
export const popcnt = (a: Expr) => unary('popcnt', a);
export const extend8S = (a: Expr) => unary('extend8S', a);
export const extend16S = (a: Expr) => unary('extend16S', a);
export const extend32S = (a: Expr) => unary('extend32S', a);
/** 1 when zero, whatever the type of `a`. */
export const isZero = (a: Expr): Expr => ({ type: 'i32', op: 'eqz', args: [a], value: 0 });
export const isNonZero = (a: Expr): Expr => ne(a, constantLike(a, 0));
export const not = (a: Expr) => xor(a, constantLike(a, -1));

/** i64 -> i32; an i32 stays as it is. */
export function wrap(a: Expr): Expr {
  return a.type === 'i32' ? a : { type: 'i32', op: 'wrap', args: [a], value: 0 };
}

/** i32 -> i64 by sign; an i64 stays as it is. */
export function widenS(a: Expr): Expr {
  return a.type === 'i64' ? a : { type: 'i64', op: 'extendS', args: [a], value: 0 };
}

/** i32 -> i64 by zeros; an i64 stays as it is. */
export function widenU(a: Expr): Expr {
  return a.type === 'i64' ? a : { type: 'i64', op: 'extendU', args: [a], value: 0 };
}

/** `whenTrue` if `condition` is not 0; both sides are evaluated. */
export function select(condition: Expr, whenTrue: Expr, whenFalse: Expr): Expr {
  return { type: whenTrue.type, op: 'select', args: [whenTrue, whenFalse, condition], value: 0 };
}

export function local(type: ValueType, index: number): Expr {
  return { type, op: 'local', args: [], value: index };
}

/** Host memory at address + offset. */
export function load(type: 'i32' | 'i64', address: Expr, offset = 0, op: LoadOp = 'load'): Expr {
  return { type, op, args: [address], value: offset };
}
