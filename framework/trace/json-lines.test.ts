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

test('a guest that polls, and one whose CPUs take turns', () => {
  const { recorder, now } = recorderAt();
  for (let round = 0; round < 20_000; round++) {
    now.instructions += 3;
    now.ns += 503;
    now.vcpu = round % 7 === 0 ? 1 : 0;
    recorder.record('port-read', 0x3fd, 1, round % 100 === 0 ? 0x60 : 0, 1);
    if (round % 50 === 0) recorder.record('debug-console', 0x402, 0x41);
  }
  expect(textOf(recorder)).toBe([...recorder.store.events()].map(lineOf).join(''));
});

test('a text longer than a piece is whole', () => {
  const { recorder } = recorderAt();
  const text = 'x'.repeat(300_000);
  for (const controller of ['ide', text, 'ahci', text]) recorder.record('disk-read', 'hda', 0, 1, 0, controller);
  expect(textOf(recorder) === [...recorder.store.events()].map(lineOf).join('')).toBe(true);
});
