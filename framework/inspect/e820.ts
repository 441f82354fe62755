import { ByteView } from './byte-view';

export interface E820Entry {
  readonly first: number;
  /** Inclusive; `first - 1` for an empty entry. */
  readonly last: number;
  readonly type: string;
}

/** ACPI 6.5, table 15.2. */
const TYPES: Readonly<Record<number, string>> = {
  1: 'ram',
  2: 'reserved',
  3: 'acpi',
  4: 'nvs',
  5: 'unusable',
  6: 'disabled',
  7: 'persistent',
};

/** No firmware gives more; a wilder count comes from garbage. */
const ENTRIES_MAX = 256;

/**
 * A list of address ranges in one of the forms in use: 20 bytes an entry (base u64, size u64, type u32) as INT 15h E820 and
 * hvmloader have it, or 24 with extended attributes or padding behind, as ACPI 3.0 callers and hvm_start_info have it.
 */
export function parseE820(bytes: Uint8Array, count: number, entryBytes: 20 | 24 = 20): E820Entry[] {
  const view = new ByteView(bytes);
  const entries: E820Entry[] = [];
  for (let i = 0; i < Math.min(count, ENTRIES_MAX) && view.has(i * entryBytes, 20); i++) {
    const at = i * entryBytes;
    const first = view.uint(at, 8);
    entries.push({ first, last: first + view.uint(at + 8, 8) - 1, type: typeName(view.u32(at + 16)) });
  }
  return entries;
}

function typeName(type: number): string {
  return TYPES[type] ?? `type ${type}`;
}

/** True when the list could be a real one: something in it, some RAM, no empty or wrapping entries. */
export function isPlausibleE820(entries: readonly E820Entry[]): boolean {
  return (
    entries.length > 0 &&
    entries.some((entry) => entry.type === 'ram') &&
    entries.every((entry) => entry.last >= entry.first && entry.last < 2 ** 52 && !entry.type.startsWith('type '))
  );
}
