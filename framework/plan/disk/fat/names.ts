/** Names of a FAT directory: 8.3 where that says it all, else long entries before a short one (FAT specification, 6 and 7). */

const SHORT = /^[A-Z0-9!#$%&'()@^_`{}~-]{1,8}(\.[A-Z0-9!#$%&'()@^_`{}~-]{1,3})?$/;
const LONG_CHARACTERS = 13;
const LONG_ATTRIBUTE = 0x0f;
const LAST_LONG = 0x40;
/** Offsets of the 13 characters within a long entry. */
const CHARACTER_AT = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

function padded(base: string, extension: string): string {
  return base.padEnd(8) + extension.padEnd(3);
}

/** The 11 characters of the short name, not yet among `taken`. */
export function shortName(name: string, taken: ReadonlySet<string>): string {
  const [base = '', extension = ''] = SHORT.test(name) ? name.split('.') : [];
  if (base !== '') return padded(base, extension);
  const clean = (text: string): string => text.toUpperCase().replace(/[^A-Z0-9_-]/g, '');
  const dot = name.lastIndexOf('.');
  const stem = clean(dot > 0 ? name.slice(0, dot) : name);
  const end = dot > 0 ? clean(name.slice(dot + 1)).slice(0, 3) : '';
  for (let number = 1; ; number++) {
    const tail = `~${number}`;
    const candidate = padded(stem.slice(0, 8 - tail.length) + tail, end);
    if (!taken.has(candidate)) return candidate;
  }
}

function shortSum(short: string): number {
  return Array.from(short).reduce((sum, letter) => (((sum & 1) << 7) + (sum >> 1) + letter.charCodeAt(0)) & 0xff, 0);
}

/** The entries that spell the long name, in the order in which they stand; none when the short name is the name. */
export function longEntries(name: string, short: string): number[] {
  if (SHORT.test(name)) return [];
  const count = Math.ceil(name.length / LONG_CHARACTERS);
  const sum = shortSum(short);
  return Array.from({ length: count }, (_, index) => longEntry(name, count - 1 - index, count, sum)).flat();
}

function longEntry(name: string, part: number, count: number, sum: number): number[] {
  const entry = new Array<number>(32).fill(0);
  entry[0] = (part + 1) | (part === count - 1 ? LAST_LONG : 0);
  entry[11] = LONG_ATTRIBUTE;
  entry[13] = sum;
  for (const [index, at] of CHARACTER_AT.entries()) {
    const position = part * LONG_CHARACTERS + index;
    const code = position < name.length ? name.charCodeAt(position) : position === name.length ? 0 : 0xffff;
    entry[at] = code & 0xff;
    entry[at + 1] = code >> 8;
  }
  return entry;
}
