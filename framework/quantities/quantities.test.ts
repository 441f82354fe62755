import { parseCodeAddress } from './address';
import { formatBytes, parseBytes } from './bytes';
import { formatCost, parseCost } from './cost';
import type { Parsed } from './parsed';
import { parseRange, parseRange64 } from './range';
import { parseTextMatch, toRegExp } from './text-match';

function value<T>(parsed: Parsed<T>): T | string {
  return parsed.ok ? parsed.value : `! ${parsed.what}`;
}

test.each([
  ['64MiB', 64 * 2 ** 20],
  ['5GiB', 5 * 2 ** 30],
  ['512B', 512],
  ['64', '! a size needs a unit: 64 of what?'],
  ['64MB', '! unknown unit "MB"'],
  ['1.5GiB', '! "1.5GiB" is not a size'],
  ['9999999999TiB', '! 9999999999TiB is more than any machine has'],
  ['-1MiB', '! "-1MiB" is not a size'],
])('size %s', (text, expected) => expect(value(parseBytes(text))).toEqual(expected));

test.each([
  ['60M instructions', { unit: 'instructions', amount: 60e6 }],
  ['1 instruction', { unit: 'instructions', amount: 1 }],
  ['1.5k instructions', { unit: 'instructions', amount: 1500 }],
  ['2.5s', { unit: 'ns', amount: 2.5e9 }],
  ['300ms', { unit: 'ns', amount: 300e6 }],
  ['5min', { unit: 'ns', amount: 300e9 }],
  ['0s', '! a limit of nothing can never be kept'],
  ['60M', '! 60M of what? A limit needs a unit'],
  ['1e9 instructions', '! "1e9 instructions" is not a limit'],
])('limit %s', (text, expected) => expect(value(parseCost(text))).toEqual(expected));

test.each([
  ['0xf0000..0xfffff', { first: 0xf0000n, last: 0xfffffn }],
  ['0xfec0_0000', { first: 0xfec00000n, last: 0xfec00000n }],
  ['10 .. 20', { first: 10n, last: 20n }],
  ['0xffff_ffff_ffff_ffff', { first: 2n ** 64n - 1n, last: 2n ** 64n - 1n }],
  ['1..2..3', '! "1..2..3" is not a range'],
  ['5..', '! "5.." is not a range'],
  ['9..5', '! the range ends before it begins: 9..5'],
  ['-1', '! "-1" is not a number'],
])('range %s', (text, expected) => expect(value(parseRange64(text))).toEqual(expected));

test('a range above its limit is refused', () => expect(value(parseRange('0x3f8..0x10000', 0xffff))).toBe('! 0x10000 is more than 0xffff'));

test.each([
  ['f000:fff0', { kind: 'segmented', selector: 0xf000, offset: 0xfff0 }],
  ['0000:7c00', { kind: 'segmented', selector: 0, offset: 0x7c00 }],
  ['0x7c00', { kind: 'linear', first: 0x7c00n, last: 0x7c00n }],
  ['0x100000..0x133fff', { kind: 'linear', first: 0x100000n, last: 0x133fffn }],
  ['f000:', '! "f000:" is not an address'],
])('address %s', (text, expected) => expect(value(parseCodeAddress(text))).toEqual(expected));

test.each(['128MiB', '5GiB', '1KiB', '513B'])('size %s is written as it is read', (text) =>
  expect(formatBytes(Number(value(parseBytes(text))))).toBe(text),
);

test.each(['60M instructions', '1500k instructions', '7 instructions', '2.5s', '300ms', '10ns'])('limit %s is written shortest', (text) => {
  const parsed = parseCost(text);
  expect(parsed.ok && parseCost(formatCost(parsed.value))).toEqual(parsed);
});

test('plain text is a substring, characters of regular expressions too', () => {
  const parsed = parseTextMatch('a.b (c)');
  expect(parsed.ok && toRegExp(parsed.value).test('xa.b (c)x')).toBe(true);
  expect(parsed.ok && toRegExp(parsed.value).test('aXb (c)')).toBe(false);
});

test.each(['/(a+)+$/', '/(?:x*y?)*z/', '/((ab)*)+/', '/(a{2,})*/'])('%s could match for ever', (text) =>
  expect(parseTextMatch(text).ok).toBe(false),
);

test.each(['/panic|error/i', '/(a|b)*c+/', '/v[0-9.]+ \\(x+\\)/', '/(ab)+(cd)+/', '/[(+]+\\)+/'])('%s is fine', (text) =>
  expect(parseTextMatch(text).ok).toBe(true),
);
