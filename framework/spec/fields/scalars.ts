import { closest } from '../../diagnostics/did-you-mean';
import { parseCodeAddress, type CodeAddress } from '../../quantities/address';
import { parseBytes } from '../../quantities/bytes';
import { parseCost, type Cost } from '../../quantities/cost';
import { parseUnsigned, parseUnsigned64, quote } from '../../quantities/integer';
import { bad, good } from '../../quantities/parsed';
import { parseRange, parseRange64, type Range } from '../../quantities/range';
import { parseTextMatch, type TextMatch } from '../../quantities/text-match';
import type { Bytes } from '../../quantities/units';
import type { FieldType } from './field';

const NUMBER_PATTERN = '^(0x[0-9a-fA-F_]+|0o[0-7]+|[0-9_]+)$';
const RANGE_PATTERN = '^\\s*(0x[0-9a-fA-F_]+|[0-9_]+)\\s*(\\.\\.\\s*(0x[0-9a-fA-F_]+|[0-9_]+)\\s*)?$';
const MAX_GPA = 2 ** 52 - 1;

/** An integer of 0 to `max`. */
export function unsigned(max: number, examples: readonly string[]): FieldType<number> {
  return {
    expected: `a number up to ${max > 0xffff ? `0x${max.toString(16)}` : String(max)}`,
    examples,
    schema: {
      anyOf: [
        { type: 'integer', minimum: 0, maximum: max },
        { type: 'string', pattern: NUMBER_PATTERN },
      ],
    },
    parse: (text) => parseUnsigned(text, max),
  };
}

/** An integer range within 0 to `max`; one number is a range of one. */
export function unsignedRange(max: number, expected: string, examples: readonly string[]): FieldType<Range> {
  return {
    expected,
    examples,
    schema: {
      anyOf: [
        { type: 'integer', minimum: 0, maximum: max },
        { type: 'string', pattern: RANGE_PATTERN },
      ],
    },
    parse: (text) => parseRange(text, max),
  };
}

/** A 64-bit value or inclusive range. */
export const VALUE: FieldType<Range<bigint>> = {
  expected: 'a number or a range',
  examples: ['0x55aa', '0x10..0x1f'],
  schema: {
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: RANGE_PATTERN },
    ],
  },
  parse: parseRange64,
};

export const NUMBER64: FieldType<bigint> = {
  expected: 'a number',
  examples: ['0x80'],
  schema: {
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: NUMBER_PATTERN },
    ],
  },
  parse: parseUnsigned64,
};

export const PORT = unsignedRange(0xffff, 'an I/O port or a range of ports', ['0xcf9', '0x3f8..0x3ff']);
export const GPA = unsignedRange(MAX_GPA, 'a guest-physical address or a range', ['0x7c00', '0xc0000..0xfffff']);
export const GFN = unsignedRange(2 ** 40 - 1, 'a frame number or a range of them', ['0xfc000..0xfc00a']);
export const BYTE = unsignedRange(0xff, 'a byte or a range', ['0x55', '0x10..0x1f']);
export const LBA = unsignedRange(2 ** 48 - 1, 'a sector number (LBA) or a range', ['0', '2048..4095']);
export const WIDTH: FieldType<1 | 2 | 4 | 8> = {
  expected: 'an access width in bytes: 1, 2, 4 or 8',
  examples: ['1', '4'],
  schema: { enum: [1, 2, 4, 8] },
  parse: (text) => {
    const width = ([1, 2, 4, 8] as const).find((known) => String(known) === text.trim());
    return width === undefined ? bad(`${quote(text)} is no access width`, 'write 1, 2, 4 or 8 (bytes)') : good(width);
  },
};

export const CODE: FieldType<CodeAddress> = {
  expected: 'an address: selector:offset, or linear, or a linear range',
  examples: ['0000:7c00', '0x100000', '0x100000..0x133fff'],
  schema: {
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: `^[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,8}$|${RANGE_PATTERN}` },
    ],
  },
  parse: parseCodeAddress,
};

export const TEXT_MATCH: FieldType<TextMatch> = {
  expected: 'text, or a regular expression between slashes',
  examples: ['MBR reached', '/panic|error/i'],
  schema: { type: ['string', 'number', 'boolean'], minLength: 1 },
  parse: parseTextMatch,
};

export const COST: FieldType<Cost> = {
  expected: 'a limit with its unit: 60M instructions, 2.5s',
  examples: ['60M instructions', '2.5s'],
  schema: { type: 'string', pattern: '^[0-9.]+\\s*([kKMG]?\\s*(instructions?|instr)|ns|us|µs|ms|s|min)$' },
  needsUnit: true,
  parse: parseCost,
};

export const SIZE: FieldType<Bytes> = {
  expected: 'a size with its unit: 128MiB, 5GiB',
  examples: ['128MiB', '5GiB'],
  schema: { type: 'string', pattern: '^[0-9]+\\s*(B|KiB|MiB|GiB|TiB)$' },
  needsUnit: true,
  parse: parseBytes,
};

/** Free text of one line; numbers are taken as they are written. */
export function line(expected: string, examples: readonly string[], maxLength = 300): FieldType<string> {
  return {
    expected,
    examples,
    schema: { type: ['string', 'number', 'boolean'], minLength: 1, maxLength },
    parse: (text) => (text.length > maxLength ? bad(`longer than ${maxLength} characters`) : good(text)),
  };
}

/** One word out of a list. */
export function word<const W extends string>(words: readonly W[]): FieldType<W> {
  return {
    expected: words.length > 12 ? `one of ${words.slice(0, 10).join(', ')}, …` : `one of ${words.join(', ')}`,
    examples: words.slice(0, 2),
    schema: { enum: words },
    parse: (text) => {
      const found = words.find((known) => known === text);
      if (found !== undefined) return good(found);
      const near = closest(text, words);
      return bad(
        `${quote(text)} is not ${words.length > 12 ? 'known here' : `one of ${words.join(', ')}`}`,
        near && `did you mean ${near}?`,
      );
    },
  };
}

/** `on`/`off`, also YAML's true and false. */
export const SWITCH: FieldType<boolean> = {
  expected: 'on or off',
  examples: ['on', 'off'],
  schema: { enum: ['on', 'off', 'true', 'false', true, false] },
  parse: (text) => {
    if (text === 'on' || text === 'true') return good(true);
    if (text === 'off' || text === 'false') return good(false);
    return bad(`${quote(text)} is neither on nor off`);
  },
};
