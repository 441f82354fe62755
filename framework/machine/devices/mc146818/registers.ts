import { type CalendarTime, fromSeconds, toSeconds } from './calendar';

/** Register numbers, MC146818 data sheet fig. 8. */
const SECONDS = 0x00;
const SECONDS_ALARM = 0x01;
const MINUTES = 0x02;
const MINUTES_ALARM = 0x03;
const HOURS = 0x04;
const HOURS_ALARM = 0x05;
export const WEEKDAY = 0x06;
const DAY = 0x07;
const MONTH = 0x08;
const YEAR = 0x09;
export const REGISTER_A = 0x0a;
export const REGISTER_B = 0x0b;
export const REGISTER_C = 0x0c;
export const REGISTER_D = 0x0d;
/** Where the PC/AT keeps the century, in BCD or binary as the rest. */
export const CENTURY = 0x32;

export const A_UIP = 0x80;
export const A_DIVIDER = 0x70;
export const A_DIVIDER_RUN = 0x20; // 32.768 kHz time base
export const A_DIVIDER_RESET = 0x60; // 11x
export const A_RATE = 0x0f;
export const B_SET = 0x80;
export const B_PIE = 0x40;
export const B_AIE = 0x20;
export const B_UIE = 0x10;
const B_DM = 0x04; // 1 binary, 0 BCD
export const B_24H = 0x02;
export const C_IRQF = 0x80;
export const C_PF = 0x40;
export const C_AF = 0x20;
export const C_UF = 0x10;
export const D_VRT = 0x80;

const PM = 0x80;
/** An alarm byte with both top bits set matches anything. */
const DONT_CARE = 0xc0;
const SECONDS_PER_DAY = 86_400;

type Bytes = Uint8Array;
const isBinary = (cmos: Bytes): boolean => (cmos[REGISTER_B]! & B_DM) !== 0;
const is24Hour = (cmos: Bytes): boolean => (cmos[REGISTER_B]! & B_24H) !== 0;

function decode(cmos: Bytes, value: number): number {
  return isBinary(cmos) ? value : (value >> 4) * 10 + (value & 15);
}

function encode(cmos: Bytes, value: number): number {
  return isBinary(cmos) ? value : (Math.floor(value / 10) << 4) | (value % 10);
}

function decodeHour(cmos: Bytes, value: number): number {
  if (is24Hour(cmos)) return decode(cmos, value);
  return (decode(cmos, value & ~PM) % 12) + (value & PM ? 12 : 0);
}

function encodeHour(cmos: Bytes, hour: number): number {
  if (is24Hour(cmos)) return encode(cmos, hour);
  return encode(cmos, hour % 12 || 12) | (hour >= 12 ? PM : 0);
}

function readTime(cmos: Bytes): CalendarTime {
  return {
    second: decode(cmos, cmos[SECONDS]!),
    minute: decode(cmos, cmos[MINUTES]!),
    hour: decodeHour(cmos, cmos[HOURS]!),
    day: decode(cmos, cmos[DAY]!),
    month: decode(cmos, cmos[MONTH]!),
    year: decode(cmos, cmos[CENTURY]!) * 100 + decode(cmos, cmos[YEAR]!),
  };
}

export function writeTime(cmos: Bytes, time: CalendarTime): void {
  cmos[SECONDS] = encode(cmos, time.second);
  cmos[MINUTES] = encode(cmos, time.minute);
  cmos[HOURS] = encodeHour(cmos, time.hour);
  cmos[DAY] = encode(cmos, time.day);
  cmos[MONTH] = encode(cmos, time.month);
  cmos[YEAR] = encode(cmos, time.year % 100);
  cmos[CENTURY] = encode(cmos, Math.floor(time.year / 100) % 100);
}

/** Counts `seconds` updates on. The day of the week is a counter of its own, from `sunday` up. */
export function advance(cmos: Bytes, seconds: number, sunday: number): void {
  const before = toSeconds(readTime(cmos));
  const after = before + seconds;
  const midnights = Math.floor(after / SECONDS_PER_DAY) - Math.floor(before / SECONDS_PER_DAY);
  writeTime(cmos, fromSeconds(after));
  const weekday = (decode(cmos, cmos[WEEKDAY]!) - sunday + midnights) % 7;
  cmos[WEEKDAY] = encode(cmos, (weekday < 0 ? weekday + 7 : weekday) + sunday);
}

/** Updates from now until the alarm bytes match, 1 to 86,400; Infinity when they never can. */
export function secondsToAlarm(cmos: Bytes): number {
  const field = (register: number, value: number): number => ((cmos[register]! & DONT_CARE) === DONT_CARE ? -1 : value);
  const second = field(SECONDS_ALARM, decode(cmos, cmos[SECONDS_ALARM]!));
  const minute = field(MINUTES_ALARM, decode(cmos, cmos[MINUTES_ALARM]!));
  const hour = field(HOURS_ALARM, decodeHour(cmos, cmos[HOURS_ALARM]!));
  if (second > 59 || minute > 59 || hour > 23) return Infinity;
  const now = toSeconds(readTime(cmos));
  let at = now + 1;
  while (at <= now + SECONDS_PER_DAY) {
    const hourNow = Math.floor(at / 3600) % 24;
    const minuteNow = Math.floor(at / 60) % 60;
    if (hour >= 0 && hourNow !== hour) at = (Math.floor(at / 3600) + 1) * 3600;
    else if (minute >= 0 && minuteNow !== minute) at = (Math.floor(at / 60) + 1) * 60;
    else if (second >= 0 && at % 60 !== second) at++;
    else return at - now;
  }
  return Infinity;
}
