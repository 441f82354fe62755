import { bad, good } from '../../quantities/parsed';
import type { FieldType } from './field';

const MAX_BYTES = 4096;

export const BYTES: FieldType<readonly number[]> = {
  expected: 'bytes in hexadecimal: 55 aa',
  examples: ['55 aa', 'eb 3c 90'],
  schema: { type: 'string', pattern: '^\\s*[0-9a-fA-F]{2}(\\s*[0-9a-fA-F]{2})*\\s*$' },
  parse: (text) => {
    const digits = text.replace(/\s+/g, '');
    if (!/^(?:[0-9a-f]{2})+$/i.test(digits))
      return bad(`${JSON.stringify(text.slice(0, 60))} is no list of bytes`, 'write pairs of hexadecimal digits in quotes: "55 aa"');
    if (digits.length > MAX_BYTES * 2) return bad(`more than ${MAX_BYTES} bytes`, 'use sha256');
    return good((digits.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
  },
};
