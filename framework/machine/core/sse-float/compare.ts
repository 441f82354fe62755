/** CMPPS, CMPPD, CMPSS, CMPSD, COMISS, COMISD, UCOMISS, UCOMISD. SDM vol. 2. */
import { COMPARE_EQUAL, COMPARE_GREATER, COMPARE_LESS, COMPARE_UNORDERED, compare } from '../float/arithmetic';
import { A, B } from '../float/number';
import { FLAG_CF, FLAG_PF, FLAG_ZF } from '../state';
import { ARITHMETIC, setFlags } from '../system/flags';
import { RESULT, deliver, elementBytes, isDouble, resultBytes, unpackElement } from './elements';
import { beginElement, beginVector, gather, settle } from './mxcsr';

/** Bits 1 and 0 of a predicate; bit 2 inverts it. */
const EQUAL: u32 = 0;
const LESS: u32 = 1;
const LESS_OR_EQUAL: u32 = 2;

function holds(predicate: u32, result: i32): bool {
  const kind = predicate & 3;
  let is: bool;
  if (kind == EQUAL) is = result == COMPARE_EQUAL;
  else if (kind == LESS) is = result == COMPARE_LESS;
  else if (kind == LESS_OR_EQUAL) is = result == COMPARE_LESS || result == COMPARE_EQUAL;
  else is = result == COMPARE_UNORDERED;
  return is != ((predicate & 4) != 0);
}

function relation(first: usize, second: usize, double: bool, signalQuiet: bool): i32 {
  beginElement(double);
  unpackElement(A, first, double);
  unpackElement(B, second, double);
  const result = compare(signalQuiet);
  gather(0);
  return result;
}

/** 0F C2: all ones where the predicate holds. LT, LE and their opposites find a quiet NaN invalid. */
export function compareElements(predicate: u32, prefix: u32, to: usize, from: usize): void {
  const double = isDouble(prefix);
  const step = elementBytes(double);
  const bytes = resultBytes(prefix);
  const kind = predicate & 3;
  beginVector();
  for (let at: u32 = 0; at < bytes; at += step) {
    const result = relation(to + at, from + at, double, kind == LESS || kind == LESS_OR_EQUAL);
    memory.fill(RESULT + at, holds(predicate, result) ? 0xff : 0, step);
  }
  settle();
  deliver(to, bytes);
}

/** COMIS (`signalQuiet`), UCOMIS: into ZF, PF and CF; the other arithmetic flags become 0. */
export function compareToFlags(signalQuiet: bool, double: bool, to: usize, from: usize): void {
  beginVector();
  const result = relation(to, from, double, signalQuiet);
  settle();
  let flags: u32 = FLAG_CF | FLAG_PF | FLAG_ZF;
  if (result == COMPARE_LESS) flags = FLAG_CF;
  else if (result == COMPARE_EQUAL) flags = FLAG_ZF;
  else if (result == COMPARE_GREATER) flags = 0;
  setFlags(<i32>flags, <i32>ARITHMETIC);
}
