import { bad, good, type Parsed } from './parsed';
import { parseRange64, type Range } from './range';

/** Where code runs: CS selector and offset as the guest has them, or linear addresses. */
export type CodeAddress =
  { readonly kind: 'segmented'; readonly selector: number; readonly offset: number } | ({ readonly kind: 'linear' } & Range<bigint>);

const SEGMENTED = /^([0-9a-f]{1,4}):([0-9a-f]{1,8})$/i;

/** `f000:fff0` (hexadecimal, no 0x), `0x7c00`, or `0x7c00..0x7dff`. */
export function parseCodeAddress(text: string): Parsed<CodeAddress> {
  const parts = SEGMENTED.exec(text.trim());
  if (parts) return good({ kind: 'segmented', selector: parseInt(parts[1] ?? '', 16), offset: parseInt(parts[2] ?? '', 16) });
  if (text.includes(':')) {
    return bad(
      `${JSON.stringify(text.slice(0, 60))} is not an address`,
      'write selector:offset in hexadecimal without 0x, as in f000:fff0',
    );
  }
  const range = parseRange64(text);
  return range.ok ? good({ kind: 'linear', ...range.value }) : range;
}
