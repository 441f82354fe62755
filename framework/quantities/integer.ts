import { bad, good, type Parsed } from './parsed';

const INTEGER = /^(?:0x[0-9a-f]+(?:_[0-9a-f]+)*|0o[0-7]+|[0-9]+(?:_[0-9]+)*)$/i;
const MAX_DIGITS = 40;

/** An unsigned integer: decimal, 0x or 0o, with `_` between digits. At most 64 bits. */
export function parseUnsigned64(text: string): Parsed<bigint> {
  const trimmed = text.trim();
  if (trimmed.length > MAX_DIGITS || !INTEGER.test(trimmed)) {
    return bad(`${quote(text)} is not a number`, 'write 31744, 0x7c00 or 0xfec0_0000');
  }
  const value = BigInt(trimmed.replace(/_/g, '').toLowerCase());
  if (value > 0xffff_ffff_ffff_ffffn) return bad(`${quote(text)} does not fit in 64 bits`);
  return good(value);
}

/** An unsigned integer of at most `max` (below 2^53). */
export function parseUnsigned(text: string, max = Number.MAX_SAFE_INTEGER): Parsed<number> {
  const parsed = parseUnsigned64(text);
  if (!parsed.ok) return parsed;
  if (parsed.value > BigInt(max)) return bad(`${quote(text)} is more than ${max > 0xffff ? `0x${max.toString(16)}` : String(max)}`);
  return good(Number(parsed.value));
}

/** Text in quotes for a message, cut to a readable length. */
export function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(shown);
}
