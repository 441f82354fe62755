/** Gregorian dates as the clock chip counts them. Nothing here knows a time zone. */
export interface CalendarTime {
  second: number;
  minute: number;
  hour: number;
  /** Day of the month, 1 to 31. */
  day: number;
  /** 1 to 12. */
  month: number;
  /** All four digits. */
  year: number;
}

const SECONDS_PER_DAY = 86_400;
const DAYS_PER_ERA = 146_097; // 400 years
/** Days from 1 March of year 0 to 1 January 1970. */
const EPOCH_DAY = 719_468;

/** Days since 1970-01-01. Years are counted from March, so that the leap day is a year's last. */
export function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - EPOCH_DAY;
}

export function toSeconds(time: CalendarTime): number {
  return dayNumber(time.year, time.month, time.day) * SECONDS_PER_DAY + time.hour * 3600 + time.minute * 60 + time.second;
}

export function fromSeconds(seconds: number): CalendarTime {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - days * SECONDS_PER_DAY;
  const shifted = days + EPOCH_DAY;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / (DAYS_PER_ERA - 1))) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    second: rest % 60,
    minute: Math.floor(rest / 60) % 60,
    hour: Math.floor(rest / 3600),
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
    month,
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
  };
}

/** 0 Sunday to 6 Saturday. */
export function weekday(seconds: number): number {
  const day = (Math.floor(seconds / SECONDS_PER_DAY) + 4) % 7;
  return day < 0 ? day + 7 : day;
}
