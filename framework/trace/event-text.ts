import { hex } from '../quantities/hex';
import type { TraceEvent } from './events';
import { KIND_NUMBERS, KINDS } from './kinds';

/** Fields that are counted, not addressed: shown in decimal. */
const DECIMAL = new Set([
  'size',
  'count',
  'lba',
  'uart',
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

/** `,"port":` of each field, by kind: what a line of JSON repeats. */
const JSON_KEYS: ReadonlyMap<string, readonly (readonly [name: string, key: string])[]> = new Map(
  KINDS.map(({ kind, names }) => [kind, names.map((name) => [name, `,${JSON.stringify(name)}:`] as const)]),
);

/** One line of events.jsonl: instruction, virtual ns, vCPU, kind, fields. 64-bit fields are hex text. Put together by hand, as a boot has many. */
export function eventJson(event: TraceEvent): string {
  const values = event as unknown as Record<string, number | bigint | string>;
  let line = `{"seq":${event.seq},"instructions":${event.instructions},"atNs":${event.atNs},"vcpu":${event.vcpu},"kind":"${event.kind}"`;
  for (const [name, key] of JSON_KEYS.get(event.kind)!) {
    const value = values[name]!;
    line += key;
    line += typeof value === 'number' ? String(value) : typeof value === 'bigint' ? `"0x${value.toString(16)}"` : JSON.stringify(value);
  }
  return `${line}}`;
}
