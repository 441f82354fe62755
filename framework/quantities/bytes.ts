import { bad, good, type Parsed } from './parsed';
import { GIB, KIB, MIB, type Bytes } from './units';

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: KIB, MiB: MIB, GiB: GIB, TiB: 1024 * GIB };
const SIZE = /^([0-9]{1,15})\s*([A-Za-z]*)$/;

/** `64MiB`, `5GiB`, `512B`. Binary units only; a number without a unit is refused. */
export function parseBytes(text: string): Parsed<Bytes> {
  const parts = SIZE.exec(text.trim());
  if (!parts) return bad(`${JSON.stringify(text.slice(0, 60))} is not a size`, 'write a whole number and a unit: 64MiB, 5GiB');
  const [, digits = '', unit = ''] = parts;
  if (unit === '') return bad(`a size needs a unit: ${digits} of what?`, `write ${digits}MiB, ${digits}KiB or ${digits}B`);
  const factor = UNITS[unit];
  if (factor === undefined) {
    const meant = Object.keys(UNITS).find((known) => known.toLowerCase().startsWith(unit.toLowerCase().replace(/i?b$/, '')));
    return bad(`unknown unit ${JSON.stringify(unit)}`, `write ${digits}${meant ?? 'MiB'} (units: ${Object.keys(UNITS).join(', ')})`);
  }
  const value = Number(digits) * factor;
  if (!Number.isSafeInteger(value)) return bad(`${text.trim()} is more than any machine has`);
  return good(value);
}

/** The largest unit that divides it: `128MiB`. */
export function formatBytes(bytes: Bytes): string {
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB']) {
    const factor = UNITS[unit] ?? 1;
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return `${bytes}B`;
}
