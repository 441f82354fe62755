import { parseUnsigned64 } from './integer';
import { bad, good, type Parsed } from './parsed';

/** `first..last`, both inclusive. */
export interface Range<T extends number | bigint = number> {
  readonly first: T;
  readonly last: T;
}

/** `0xf0000..0xfffff`, or one number for a range of one. Inclusive, at most 64 bits. */
export function parseRange64(text: string): Parsed<Range<bigint>> {
  const parts = text.split('..');
  if (parts.length > 2 || parts.some((part) => part.trim() === '')) {
    return bad(`${JSON.stringify(text.slice(0, 60))} is not a range`, 'write first..last, both inclusive, as in 0xf0000..0xfffff');
  }
  const first = parseUnsigned64(parts[0] ?? '');
  if (!first.ok) return first;
  const last = parts.length === 1 ? first : parseUnsigned64(parts[1] ?? '');
  if (!last.ok) return last;
  if (last.value < first.value) {
    return bad(`the range ends before it begins: ${text.trim()}`, 'write the lower end first; both ends are inclusive');
  }
  return good({ first: first.value, last: last.value });
}

/** As parseRange64, both ends at most `max` (below 2^53). */
export function parseRange(text: string, max = Number.MAX_SAFE_INTEGER): Parsed<Range> {
  const parsed = parseRange64(text);
  if (!parsed.ok) return parsed;
  if (parsed.value.last > BigInt(max)) return bad(`0x${parsed.value.last.toString(16)} is more than 0x${max.toString(16)}`);
  return good({ first: Number(parsed.value.first), last: Number(parsed.value.last) });
}
