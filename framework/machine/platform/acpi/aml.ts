/**
 * ACPI Machine Language, as far as our tables need it (ACPI 6.5, chapter 20): each function gives the bytes of one term. Only
 * what a caller writes is encoded; nothing is checked against a namespace.
 */
import { ascii, join, little } from './bytes';

/** The bytes of a term, an object or a list of them. */
export type Aml = readonly number[];

const ROOT = 0x5c;
const PARENT = 0x5e;
const DUAL_NAME = 0x2e;
const MULTI_NAME = 0x2f;
const EXTENDED = 0x5b;
const UNDERSCORE = 0x5f;

/** Region spaces (20.2.5.2). */
export const REGION = { memory: 0, io: 1, pciConfig: 2 } as const;
/** Field flags: access width, no lock, preserve (20.2.5.2). */
export const ACCESS = { any: 0, byte: 1, word: 2, dword: 3 } as const;

const paths = new Map<string, Aml>();

/** `\_SB.PCI0` or `^NAME` -> NameString. */
export function path(text: string): Aml {
  let bytes = paths.get(text);
  if (bytes === undefined) paths.set(text, (bytes = nameString(text)));
  return bytes;
}

function nameString(text: string): Aml {
  const match = /^(\\|\^*)(.*)$/.exec(text);
  const prefix = Array.from(match?.[1] ?? '', (letter) => (letter === '\\' ? ROOT : PARENT));
  const segments = (match?.[2] ?? '').split('.').filter((segment) => segment !== '');
  const names = join(...segments.map((segment) => ascii(segment, 4, UNDERSCORE)));
  if (segments.length === 0) return join(prefix, 0);
  if (segments.length === 1) return join(prefix, names);
  return join(prefix, segments.length === 2 ? DUAL_NAME : [MULTI_NAME, segments.length], names);
}

function lengthBytes(total: number, extra: number): number[] {
  if (extra === 0) return [total];
  return [(extra << 6) | (total & 0xf), ...little(Math.floor(total / 16), extra)];
}

/** PkgLength, which counts itself, then the content (20.2.4). */
function packed(content: Aml): Aml {
  const extra = [0, 1, 2, 3].find((more) => content.length + 1 + more < (more === 0 ? 0x40 : 2 ** (4 + 8 * more)));
  if (extra === undefined) throw new RangeError('an AML package holds less than 2^28 bytes');
  return join(lengthBytes(content.length + 1 + extra, extra), content);
}

/** A width in bits, encoded as a length that does not count itself. */
function bits(count: number): number[] {
  const extra = [0, 1, 2, 3].find((more) => count < (more === 0 ? 0x40 : 2 ** (4 + 8 * more))) ?? 3;
  return lengthBytes(count, extra);
}

export function integer(value: number | bigint): Aml {
  if (value <= 1) return [Number(value)];
  if (value < 0x100) return join(0x0a, little(value, 1));
  if (value < 0x1_0000) return join(0x0b, little(value, 2));
  if (value < 0x1_0000_0000) return join(0x0c, little(value, 4));
  return join(0x0e, little(value, 8));
}

export const string = (text: string): Aml => join(0x0d, ascii(text), 0);

/** `PNP0A03` as the integer that _HID and _CID hold (19.3.4). */
export function eisaId(text: string): Aml {
  const [a = 0, b = 0, c = 0] = Array.from(text.slice(0, 3), (letter) => letter.charCodeAt(0) & 0x1f);
  const product = Number.parseInt(text.slice(3), 16);
  const vendor = (a << 10) | (b << 5) | c;
  return [0x0c, vendor >> 8, vendor & 0xff, product >> 8, product & 0xff];
}

export const buffer = (bytes: Aml): Aml => join(0x11, packed(join(integer(bytes.length), bytes)));
export const packageOf = (...elements: readonly Aml[]): Aml => join(0x12, packed(join(elements.length, ...elements)));

export const name = (at: string, value: Aml): Aml => join(0x08, path(at), value);
export const scope = (at: string, ...terms: readonly Aml[]): Aml => join(0x10, packed(join(path(at), ...terms)));
export const device = (at: string, ...terms: readonly Aml[]): Aml => join(EXTENDED, 0x82, packed(join(path(at), ...terms)));
export const method = (at: string, args: number, ...terms: readonly Aml[]): Aml => join(0x14, packed(join(path(at), args, ...terms)));
export const region = (at: string, space: number, offset: number, length: number): Aml =>
  join(EXTENDED, 0x80, path(at), space, integer(offset), integer(length));

/** Fields of a region in order: a name and its bits, or bits alone for what is left out. */
export function field(of: string, access: number, ...units: readonly (readonly [name: string | undefined, bits: number])[]): Aml {
  const list = units.flatMap(([unit, count]) => join(unit === undefined ? 0x00 : ascii(unit, 4, UNDERSCORE), bits(count)));
  return join(EXTENDED, 0x81, packed(join(path(of), access, list)));
}

export const arg = (index: number): Aml => [0x68 + index];
export const local = (index: number): Aml => [0x60 + index];
/** LNotEqual, for integers, strings and buffers. */
export const otherThan = (a: Aml, b: Aml): Aml => join(0x92, 0x93, a, b);
export const store = (value: Aml, target: Aml): Aml => join(0x70, value, target);
export const and = (a: Aml, b: Aml, target: Aml = [0]): Aml => join(0x7b, a, b, target);
export const or = (a: Aml, b: Aml, target: Aml = [0]): Aml => join(0x7d, a, b, target);
export const returnOf = (value: Aml): Aml => join(0xa4, value);
export const when = (condition: Aml, ...terms: readonly Aml[]): Aml => join(0xa0, packed(join(condition, ...terms)));
export const dwordField = (of: Aml, index: number, at: string): Aml => join(0x8a, of, integer(index), path(at));
