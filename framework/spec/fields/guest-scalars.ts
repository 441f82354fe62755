import { quote } from '../../quantities/integer';
import { bad, good } from '../../quantities/parsed';
import type { FieldType } from './field';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const UUID_TEXT: FieldType<string> = {
  expected: 'a UUID',
  examples: ['5d4d6c35-5b29-4a7c-953e-a834623515cd'],
  schema: { type: 'string', pattern: UUID.source.replace(/a-f/g, 'a-fA-F') },
  parse: (text) => (UUID.test(text) ? good(text.toLowerCase()) : bad(`${quote(text)} is no UUID`, 'write 8-4-4-4-12 hexadecimal digits')),
};

/** Boot order as xl's: c disk, d CD-ROM, a floppy, n network; each at most once. */
export const BOOT_ORDER: FieldType<string> = {
  expected: 'a boot order of the letters c (disk), d (CD-ROM), a (floppy), n (network)',
  examples: ['c', 'dc'],
  schema: { type: 'string', pattern: '^[cdan]{1,4}$' },
  parse: (text) => {
    if (/^[cdan]{1,4}$/.test(text) && new Set(text).size === text.length) return good(text);
    return bad(`${quote(text)} is no boot order`, 'letters: c disk, d CD-ROM, a floppy, n network, each once');
  },
};

const MAC_FIX = 'write six bytes in hexadecimal: 52:54:00:12:34:56';
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** Of a station or of a group of them. */
export const MAC_ADDRESS_OR_GROUP: FieldType<string> = {
  expected: 'a MAC address',
  examples: ['ff:ff:ff:ff:ff:ff'],
  schema: { type: 'string', pattern: MAC.source.replace(/a-f/g, 'a-fA-F') },
  parse: (text) => (MAC.test(text) ? good(text.toLowerCase()) : bad(`${quote(text)} is no MAC address`, MAC_FIX)),
};

/** A station address: of one card, so the first byte is even. */
export const MAC_ADDRESS: FieldType<string> = {
  expected: 'a MAC address',
  examples: ['52:54:00:12:34:56'],
  schema: MAC_ADDRESS_OR_GROUP.schema,
  parse: (text) => {
    if (!MAC.test(text)) return bad(`${quote(text)} is no MAC address`, MAC_FIX);
    if (parseInt(text.slice(0, 2), 16) % 2 === 0) return good(text.toLowerCase());
    return bad(`${text} is the address of a group of stations`, 'the first byte of a card’s address is even');
  },
};

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})Z)?$/;
const FIRST_YEAR = 1980;
const LAST_YEAR = 2099;

/** A UTC date and time -> seconds since 1970. */
export const RTC_DATE: FieldType<number> = {
  expected: 'a UTC date: 2024-01-01 or 2024-01-01T12:00:00Z',
  examples: ['2024-01-01', '2024-01-01T12:00:00Z'],
  schema: { type: 'string', pattern: DATE.source },
  parse: (text) => {
    const parts = DATE.exec(text.trim());
    if (!parts) return bad(`${quote(text)} is no date`, 'write 2024-01-01 or 2024-01-01T12:00:00Z (always UTC)');
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map((part) => Number(part || 0));
    const ms = Date.UTC(year, month - 1, day, hour, minute, second);
    const back = new Date(ms);
    const exists = back.getUTCMonth() === month - 1 && back.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
    if (!exists) return bad(`there is no ${text.trim()}`);
    if (year < FIRST_YEAR || year > LAST_YEAR) return bad(`the clock chip can show ${FIRST_YEAR} to ${LAST_YEAR}`);
    return good(ms / 1000);
  },
};
