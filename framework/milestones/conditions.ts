import type { CodeAddress } from '../quantities/address';
import { hex, segmented } from '../quantities/hex';
import type { Range } from '../quantities/range';

/** One condition of a milestone against one event. Texts are made only for a near miss. */
export interface Condition {
  readonly label: string;
  readonly isMet: boolean;
  readonly expected: () => string;
  readonly actual: () => string;
}

export function inRange(range: Range<number | bigint>, value: number | bigint): boolean {
  return value >= range.first && value <= range.last;
}

export function rangeText(range: Range<number | bigint>): string {
  return range.first === range.last ? hex(range.first) : `${hex(range.first)}..${hex(range.last)}`;
}

/** A number within a range; no condition when the spec gives none. */
export function within(label: string, range: Range<number | bigint> | undefined, value: number | bigint): Condition[] {
  if (range === undefined) return [];
  return [{ label, isMet: inRange(range, value), expected: () => rangeText(range), actual: () => hex(value) }];
}

export function equals(label: string, expected: string | number | undefined, actual: string | number): Condition[] {
  if (expected === undefined) return [];
  return [{ label, isMet: expected === actual, expected: () => String(expected), actual: () => String(actual) }];
}

export function isSwitch(label: string, expected: boolean | undefined, actual: boolean): Condition[] {
  if (expected === undefined) return [];
  const word = (value: boolean): string => (value ? 'on' : 'off');
  return [{ label, isMet: expected === actual, expected: () => word(expected), actual: () => word(actual) }];
}

/** A value under a mask. */
export function masked(range: Range<bigint> | undefined, mask: bigint | undefined, value: bigint): Condition[] {
  const counted = mask === undefined ? value : value & mask;
  return within(mask === undefined ? 'value' : `value & ${hex(mask)}`, range, counted);
}

/** `protected` and `compatibility` stand for both code sizes. */
export function modeMatches(wanted: string, actual: string): boolean {
  return actual === wanted || actual === `${wanted}16` || actual === `${wanted}32`;
}

export function inMode(wanted: string | undefined, actual: string): Condition[] {
  if (wanted === undefined) return [];
  return [{ label: 'mode', isMet: modeMatches(wanted, actual), expected: () => wanted, actual: () => actual }];
}

export function codeText(address: CodeAddress): string {
  return address.kind === 'segmented' ? segmented(address.selector, address.offset) : rangeText(address);
}

/** CS:IP as text: real-mode offsets in four digits, larger ones as they are. */
export function placeText(cs: number, ip: bigint): string {
  return ip <= 0xffffn ? segmented(cs, Number(ip)) : `${cs.toString(16).padStart(4, '0')}:${ip.toString(16).padStart(8, '0')}`;
}

/** Where code is. `linear` is asked only for a condition on linear addresses. */
export function atCode(label: string, wanted: CodeAddress | undefined, cs: number, ip: bigint, linear: () => bigint): Condition[] {
  if (wanted === undefined) return [];
  const isMet = wanted.kind === 'segmented' ? cs === wanted.selector && ip === BigInt(wanted.offset) : inRange(wanted, linear());
  const actual = (): string => (wanted.kind === 'segmented' ? placeText(cs, ip) : `${placeText(cs, ip)} (linear ${hex(linear())})`);
  return [{ label, isMet, expected: () => codeText(wanted), actual }];
}

/**
 * Where control came from. The base of a segment that has been left is not known any more: a linear condition is met when
 * either reading of the place fits, selector * 16 + offset (real mode) or the offset alone (flat).
 */
export function fromCode(label: string, wanted: CodeAddress | undefined, cs: number, ip: bigint): Condition[] {
  if (wanted === undefined) return [];
  const real = BigInt(cs) * 16n + ip;
  const linear = wanted.kind === 'linear' && inRange(wanted, real) ? real : ip;
  return atCode(label, wanted, cs, ip, () => linear);
}
