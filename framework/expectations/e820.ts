import { hex } from '../quantities/hex';
import type { E820Entry } from '../inspect/e820';
import type { E820Expectation, ExpectedE820Entry } from '../spec/types';
import type { Check, Difference } from './expectation';

function entryText(entry: { first: number | bigint; last: number | bigint; type: string } | undefined): string {
  return entry === undefined ? 'nothing' : `${hex(entry.first)}..${hex(entry.last)} ${entry.type}`;
}

function isSame(wanted: ExpectedE820Entry, actual: E820Entry | undefined): boolean {
  return (
    actual !== undefined && wanted.first === BigInt(actual.first) && wanted.last === BigInt(actual.last) && wanted.type === actual.type
  );
}

/** The entry that overlaps most of what was wanted, to show beside it. */
function nearest(wanted: ExpectedE820Entry, entries: readonly E820Entry[]): E820Entry | undefined {
  const overlap = ({ first, last }: E820Entry): number => Math.min(last, Number(wanted.last)) - Math.max(first, Number(wanted.first));
  const best = [...entries].sort((left, right) => overlap(right) - overlap(left))[0];
  return best !== undefined && overlap(best) >= 0 ? best : undefined;
}

/**
 * The map that the guest's firmware gives by INT 15h, AX=E820h; before there is such firmware, the list that a Xen loader left
 * for it (info structure at 0x1000).
 */
export const checkE820: Check<E820Expectation> = (spec, state) => {
  const map = state.e820();
  if (map === undefined) {
    const difference = { what: 'e820', expected: `${spec.entries.length} entries`, actual: 'no memory map found', span: spec.span };
    return { differences: [difference], details: [] };
  }
  const details = [['source', map.source] as const, ...map.entries.map((entry, index) => [`[${index}]`, entryText(entry)] as const)];
  return { differences: spec.exact ? exact(spec, map.entries) : contains(spec, map.entries), details };
};

function exact(spec: E820Expectation, entries: readonly E820Entry[]): Difference[] {
  const differences: Difference[] = [];
  for (let index = 0; index < Math.max(spec.entries.length, entries.length); index++) {
    const wanted = spec.entries[index];
    const actual = entries[index];
    if (wanted !== undefined && isSame(wanted, actual)) continue;
    differences.push({ what: `e820[${index}]`, expected: entryText(wanted), actual: entryText(actual), span: wanted?.span ?? spec.span });
  }
  return differences;
}

function contains(spec: E820Expectation, entries: readonly E820Entry[]): Difference[] {
  return spec.entries
    .filter((wanted) => !entries.some((entry) => isSame(wanted, entry)))
    .map((wanted) => ({ what: 'e820 entry', expected: entryText(wanted), actual: entryText(nearest(wanted, entries)), span: wanted.span }));
}
