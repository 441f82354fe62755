import type { TraceEvent } from './events';
import { Recorder } from './recorder';
import { TraceStore } from './store';

function recorderAt(heldBytes?: number) {
  const now = { instructions: 0, ns: 0, vcpu: 0 };
  const recorder = new Recorder('full', new TraceStore(heldBytes));
  recorder.stamp = { instructions: () => now.instructions, nowNs: () => now.ns, vcpu: () => now.vcpu };
  return { recorder, now };
}

function textOf({ store }: Recorder): string {
  return Buffer.concat(Array.from(store.jsonLines(), (piece) => Buffer.from(piece))).toString();
}

/** What a line says, by way of the event as an object. */
function lineOf({ seq, instructions, atNs, vcpu, kind, ...fields }: TraceEvent): string {
  const shown = Object.entries(fields).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'bigint' ? `0x${value.toString(16)}` : value,
  ]);
  return `${JSON.stringify({ seq, instructions, atNs, vcpu, kind, ...(Object.fromEntries(shown) as object) })}\n`;
}

test('an event is a line: its moment, its kind, and its fields; 64-bit fields are hex text', () => {
  const { recorder, now } = recorderAt();
  now.instructions = 12;
  recorder.record('serial', 0, 0x4d);
  recorder.record('vmexit', 30, 0x1f7_0008n, 0xf000, 0n);
  expect(textOf(recorder)).toBe(
    '{"seq":0,"instructions":12,"atNs":0,"vcpu":0,"kind":"serial","uart":0,"byte":77}\n' +
      '{"seq":1,"instructions":12,"atNs":0,"vcpu":0,"kind":"vmexit","reason":30,"qualification":"0x1f70008","cs":61440,"ip":"0x0"}\n',
  );
});

test('numbers of every length, and texts that JSON must escape', () => {
  const { recorder, now } = recorderAt();
  const lengths = Array.from({ length: 53 }, (_, bit) => 2 ** bit);
  for (const number of [...lengths, 10 ** 9 - 1, 10 ** 9, 10 ** 15]) {
    now.instructions = Math.max(now.instructions, number);
    now.ns = now.instructions;
    recorder.record('disk-read', '"\\é\n', number, 0, number - 1, 'ide');
    recorder.record('mode', 'long', 1, BigInt(number), 0xffff_ffff_ffff_ffffn, 0x1_0000_0000n, 8, BigInt(number - 1));
  }
  expect(textOf(recorder)).toBe([...recorder.store.events()].map(lineOf).join(''));
});

interface Line {
  readonly seq: number;
  readonly instructions: number;
  readonly atNs: number;
  readonly kind: string;
  readonly events: number;
  readonly rows: number;
}

const withoutMoment = (line: string): string => line.replace(/^.*?"vcpu"/, '');

/** Every line is its event, or stands for rows that the lines before it already show; gives how many lines there are. */
function expectLinesToTellAll({ store }: Recorder, text: string): number {
  const events = [...store.events()];
  const lines = text.trimEnd().split('\n');
  let next = 0;
  for (const line of lines) {
    const told = JSON.parse(line) as Line;
    const rows = told.kind === 'repeated' ? told.rows : 1;
    for (let at = next; at < next + rows; at++) {
      const expected = lineOf(events[at]!);
      if (told.kind !== 'repeated') expect(`${line}\n`).toBe(expected);
      else if (withoutMoment(lineOf(events[at - told.events]!)) !== withoutMoment(expected))
        throw new Error(`row ${at} is another: ${expected}`);
    }
    next += rows;
    const { seq, instructions, atNs } = events[next - 1]!;
    expect(told).toMatchObject({ seq, instructions, atNs });
  }
  expect(next).toBe(events.length);
  return lines.length;
}

test('a guest that polls, and one whose CPUs take turns', () => {
  const { recorder, now } = recorderAt();
  for (let round = 0; round < 20_000; round++) {
    now.instructions += 3;
    now.ns += 503;
    now.vcpu = round % 7 === 0 ? 1 : 0;
    recorder.record('port-read', 0x3fd, 1, round % 100 === 0 ? 0x60 : 0, 1);
    if (round % 50 === 0) recorder.record('debug-console', 0x402, 0x41);
  }
  expectLinesToTellAll(recorder, textOf(recorder));
});

test('what a loop does again and again is told once, to the moment at which it ended', () => {
  const { recorder, now } = recorderAt();
  for (let round = 0; round < 100_000; round++) {
    now.instructions += 3;
    now.ns += 503;
    recorder.record('vmexit', 30, 0x1f7_0008n, 0xf000, 0x392n);
    recorder.record('port-read', 0x1f7, 1, round < 99_999 ? 0x50 : 0x58, 1);
    recorder.record('vmentry', 30);
  }
  for (const byte of Buffer.from('--------')) recorder.record('serial', 0, byte);
  const text = textOf(recorder);
  expect(expectLinesToTellAll(recorder, text)).toBeLessThan(200);
  expect(text.split('\n').slice(9, 13)).toContainEqual(expect.stringContaining('"kind":"repeated","events":3,"rows":'));
});

test('a text longer than a piece is whole', () => {
  const { recorder } = recorderAt();
  const text = 'x'.repeat(300_000);
  for (const controller of ['ide', text, 'ahci', text]) recorder.record('disk-read', 'hda', 0, 1, 0, controller);
  expect(textOf(recorder) === [...recorder.store.events()].map(lineOf).join('')).toBe(true);
});
