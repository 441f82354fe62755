import type { TraceEvent } from '../../trace/events';
import { finishedRun } from '../../run/finished-run';
import { storeOf } from '../testdata/event-store';
import { hangingRun } from '../testdata/example-run';
import { perfettoTrace } from './perfetto-trace';

interface Row {
  readonly ph: string;
  readonly name: string;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

const stamp = (atNs: number) => ({ seq: 0, instructions: atNs, atNs, vcpu: 0 });
const EVENTS: readonly TraceEvent[] = [
  { kind: 'mode', mode: 'protected32', paging: 0, cr0: 1n, cr4: 0n, efer: 0n, cs: 8, ip: 0n, ...stamp(1000) },
  { kind: 'post', port: 0x80, code: 0x11, ...stamp(2000) },
  { kind: 'pci-config-read', bdf: 0x9, register: 0, size: 4, value: 0x7000_8086, ...stamp(3000) },
  ...Array.from('hi\n', (char, index): TraceEvent => ({ kind: 'serial', uart: 0, byte: char.charCodeAt(0), ...stamp(4000 + index * 100) })),
  { kind: 'disk-read', disk: 'hda', lba: 0, count: 1, gpa: 0x7c00, controller: 'ide', ...stamp(5000) },
  { kind: 'reset', source: 'cf9', ...stamp(6000) },
];

function rowsOf(events: readonly TraceEvent[]): Row[] {
  const text = [...perfettoTrace(finishedRun(hangingRun(), storeOf(events)))].join('');
  return (JSON.parse(text) as { traceEvents: Row[] }).traceEvents;
}

/** Name, start and length in microseconds of what stands on a track. */
function onTrack(rows: readonly Row[], track: string): (readonly [string, number | undefined, number | undefined])[] {
  const tid = rows.find(({ name, args }) => name === 'thread_name' && args?.['name'] === track)?.tid;
  return rows.filter((row) => row.tid === tid && row.ph !== 'M').map(({ name, ts, dur }) => [name, ts, dur] as const);
}

test('each kind of doing has its track over virtual time', () => {
  const rows = rowsOf(EVENTS);
  expect(onTrack(rows, 'CPU mode')).toEqual([
    ['real', 0, 1],
    ['protected32', 1, 5099],
  ]);
  expect(onTrack(rows, 'POST')).toEqual([['0x11', 2, 5098]]);
  expect(onTrack(rows, 'PCI')).toEqual([['read 0:1.1 0x0', 3, undefined]]);
  expect(onTrack(rows, 'Serial')).toEqual([['hi', 4, 0.1]]);
  expect(onTrack(rows, 'Disk')).toEqual([['read hda lba 0', 5, undefined]]);
  expect(onTrack(rows, 'Machine')).toEqual([['reset by cf9', 6, undefined]]);
  expect(onTrack(rows, 'Milestones')).toEqual([
    ['reset-jump', 0, 2100],
    ['mbr-read (missed)', 2100, 3000],
  ]);
});

test('a guest that floods a port does not flood the file', () => {
  const flood = Array.from({ length: 50_000 }, (_, index): TraceEvent => ({
    kind: 'post',
    port: 0x80,
    code: index & 0xff,
    ...stamp(index),
  }));
  expect(onTrack(rowsOf(flood), 'POST')).toHaveLength(20_000);
});
