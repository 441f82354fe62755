/** ADD, SUB, MUL, DIV, SQRT, MIN, MAX, ADDSUB, HADD, HSUB, DPPS, DPPD. SDM vol. 2; vol. 1, table 4-7 for NaNs. */
import { COMPARE_GREATER, COMPARE_LESS, add, compare, divide, multiply, squareRoot } from '../float/arithmetic';
import { A, B, CLASS_ZERO, classOf, isNan, raiseFloat, INVALID } from '../float/number';
import { RESULT, VECTOR_BYTES, copyElement, deliver, elementBytes, isDouble, packElement, resultBytes, unpackElement } from './elements';
import { beginElement, beginVector, denormalsAreZero, gather, settle } from './mxcsr';

/** Low four bits of the opcode, 0F 50 on. */
const SQUARE_ROOT: u32 = 0x1;
const ADD: u32 = 0x8;
const MULTIPLY: u32 = 0x9;
const SUBTRACT: u32 = 0xc;
const MINIMUM: u32 = 0xd;
const DIVIDE: u32 = 0xe;
const MAXIMUM: u32 = 0xf;

/** The second operand, unless the first is the lesser (greater): so too for NaNs, and for zeros of any sign. */
function select(minimum: bool, first: usize, second: usize, to: usize, double: bool): void {
  let chosen = second;
  if (isNan(A) || isNan(B)) raiseFloat(INVALID);
  else if (compare(true) == (minimum ? COMPARE_LESS : COMPARE_GREATER)) chosen = first;
  copyElement(to, chosen, double, denormalsAreZero());
}

/** One element: `first` op `second`. */
function operate(operation: u32, first: usize, second: usize, to: usize, double: bool): void {
  beginElement(double);
  unpackElement(A, operation == SQUARE_ROOT ? second : first, double);
  unpackElement(B, second, double);
  if (operation == MINIMUM || operation == MAXIMUM) select(operation == MINIMUM, first, second, to, double);
  else {
    if (operation == ADD) add(false);
    else if (operation == SUBTRACT) add(true);
    else if (operation == MULTIPLY) multiply();
    else if (operation == DIVIDE) divide();
    else squareRoot();
    packElement(to, double);
  }
  gather(0);
}

/** 0F 51, 58, 59, 5C to 5F. */
export function arithmetic(operation: u32, prefix: u32, to: usize, from: usize): void {
  const double = isDouble(prefix);
  const bytes = resultBytes(prefix);
  beginVector();
  for (let at: u32 = 0; at < bytes; at += elementBytes(double)) operate(operation & 15, to + at, from + at, RESULT + at, double);
  settle();
  deliver(to, bytes);
}

/** ADDSUBPS, ADDSUBPD: differences of even elements, sums of odd ones. */
export function addSubtract(double: bool, to: usize, from: usize): void {
  const step = elementBytes(double);
  beginVector();
  for (let at: u32 = 0; at < VECTOR_BYTES; at += step) operate(at & step ? ADD : SUBTRACT, to + at, from + at, RESULT + at, double);
  settle();
  deliver(to, VECTOR_BYTES);
}

/** HADD, HSUB: neighbours of the first operand, then of the second. */
export function horizontal(subtract: bool, double: bool, to: usize, from: usize): void {
  const step = elementBytes(double);
  const operation = subtract ? SUBTRACT : ADD;
  let result = RESULT;
  beginVector();
  for (let half: u32 = 0; half < 2; half++) {
    const source = half == 0 ? to : from;
    for (let at: u32 = 0; at < VECTOR_BYTES; at += 2 * step) {
      operate(operation, source + at, source + at + step, result, double);
      result += step;
    }
  }
  settle();
  deliver(to, VECTOR_BYTES);
}

/** Products and partial sums of a dot product. */
const PRODUCTS: usize = memory.data(16, 16);
const SUMS: usize = memory.data(16, 16);

/**
 * DPPS, DPPD: bits 7 to 4 of the immediate byte choose the products, bits 3 to 0 where the sum goes. Products, sums of pairs and the
 * sum of those are operations of their own, each with its exceptions.
 */
export function dotProduct(immediate: u32, double: bool, to: usize, from: usize): void {
  const step = elementBytes(double);
  const count = VECTOR_BYTES / step;
  beginVector();
  for (let index: u32 = 0; index < count; index++) {
    const at = index * step;
    if ((immediate >> (4 + index)) & 1) operate(MULTIPLY, to + at, from + at, PRODUCTS + at, double);
    else memory.fill(PRODUCTS + at, 0, step);
  }
  settle();
  let sum = PRODUCTS;
  if (!double) {
    operate(ADD, PRODUCTS, PRODUCTS + 4, SUMS, false);
    operate(ADD, PRODUCTS + 8, PRODUCTS + 12, SUMS + 4, false);
    settle();
    sum = SUMS;
  }
  operate(ADD, sum, sum + step, sum, double);
  settle();
  for (let index: u32 = 0; index < count; index++) {
    if ((immediate >> index) & 1) memory.copy(RESULT + index * step, sum, step);
    else memory.fill(RESULT + index * step, 0, step);
  }
  deliver(to, VECTOR_BYTES);
}
