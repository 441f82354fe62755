import { createHash } from 'node:crypto';
import { ByteView, latin1 } from '../inspect/byte-view';
import { hex } from '../quantities/hex';
import { inRange, rangeText } from '../milestones/conditions';
import type { MemoryContent, MemoryExpectation } from '../spec/types';
import type { Check, Difference, EndState } from './expectation';

/** Bytes shown of a difference. */
const SHOWN = 16;
const CHUNK = 1024 * 1024;

type MemoryCheck = MemoryExpectation['checks'][number];

export const checkMemory: Check<MemoryExpectation> = (spec, state) => ({
  differences: spec.checks.flatMap((check) => compare(check, state)),
  details: spec.checks.map(({ at }) => ['gpa', rangeText(at)] as const),
});

function compare({ at, content, span }: MemoryCheck, { read }: EndState): Difference[] {
  const what = `memory at ${hex(at.first)}`;
  const difference = (expected: string, actual: string): Difference[] => [{ what, expected, actual, span }];
  switch (content.kind) {
    case 'bytes':
      return bytesAt(read(at.first, content.bytes.length), content.bytes, difference);
    case 'text': {
      const actual = latin1(read(at.first, content.text.length));
      return actual === content.text ? [] : difference(JSON.stringify(content.text), JSON.stringify(actual));
    }
    case 'value': {
      const actual = new ByteView(read(at.first, content.width)).u64(0);
      return inRange(content.value, actual) ? [] : difference(rangeText(content.value), hex(actual, content.width * 2));
    }
    case 'sha256': {
      const actual = digest(at, read);
      return actual === content.sha256.toLowerCase() ? [] : difference(`sha256 ${content.sha256}`, `sha256 ${actual}`);
    }
    case 'fill':
      return filled(at, content, read, difference);
  }
}

function bytesAt(
  actual: Uint8Array,
  wanted: readonly number[],
  difference: (expected: string, actual: string) => Difference[],
): Difference[] {
  const at = wanted.findIndex((byte, index) => byte !== actual[index]);
  if (at < 0) return [];
  const from = Math.max(0, at - 4);
  const shown = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const where = `at offset ${at}: `;
  return difference(where + shown(wanted.slice(from, from + SHOWN)), where + shown([...actual.slice(from, from + SHOWN)]));
}

function digest(at: MemoryCheck['at'], read: EndState['read']): string {
  const hash = createHash('sha256');
  for (let gpa = at.first; gpa <= at.last; gpa += CHUNK) hash.update(read(gpa, Math.min(CHUNK, at.last - gpa + 1)));
  return hash.digest('hex');
}

function filled(
  at: MemoryCheck['at'],
  { byte }: Extract<MemoryContent, { kind: 'fill' }>,
  read: EndState['read'],
  difference: (expected: string, actual: string) => Difference[],
): Difference[] {
  for (let gpa = at.first; gpa <= at.last; gpa += CHUNK) {
    const bytes = read(gpa, Math.min(CHUNK, at.last - gpa + 1));
    const other = bytes.findIndex((found) => found !== byte);
    if (other >= 0) return difference(`filled with ${hex(byte, 2)}`, `${hex(bytes[other] ?? 0, 2)} at ${hex(gpa + other)}`);
  }
  return [];
}
