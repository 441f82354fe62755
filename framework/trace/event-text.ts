import { hex } from '../quantities/hex';
import type { TraceEvent } from './events';
import { KIND_NUMBERS, KINDS } from './kinds';

/** Fields that are counted, not addressed: shown in decimal. */
const DECIMAL = new Set([
  'size',
  'count',
  'lba',
  'uart',
  'lpt',
  'length',
  'down',
  'claimed',
  'paging',
  'vcpu',
  'watch',
  'nr',
  'hasErrorCode',
  'known',
  'interruptsEnabled',
  'reason',
  'page',
  'number',
]);

function fieldsOf(event: TraceEvent): [name: string, value: number | bigint | string][] {
  const values = event as unknown as Record<string, number | bigint | string>;
  return KINDS[KIND_NUMBERS.get(event.kind)!]!.names.map((name) => [name, values[name]!]);
}

function shown(name: string, value: number | bigint | string): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  return DECIMAL.has(name) ? String(value) : hex(value);
}

/** One line: `port-read port=0x1f7 size=1 value=0xd0 claimed=1`. A printable byte is shown as its character too. */
export function eventText(event: TraceEvent): string {
  const parts = fieldsOf(event).map(([name, value]) => `${name}=${shown(name, value)}`);
  if ('byte' in event && event.byte >= 0x20 && event.byte < 0x7f) parts.push(`'${String.fromCharCode(event.byte)}'`);
  return `${event.kind} ${parts.join(' ')}`;
}
