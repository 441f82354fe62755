import { eventText } from './event-text';
import { eventsBetween, eventsOfKind, lastEvents } from './query';
import { Recorder } from './recorder';
import { TraceStore } from './store';

/** A recorder whose clock is moved by hand. */
function recorderAt(level: 'off' | 'needed' | 'full' = 'full', heldBytes?: number) {
  const now = { instructions: 0, ns: 0, vcpu: 0 };
  const recorder = new Recorder(level, new TraceStore(heldBytes));
  recorder.stamp = { instructions: () => now.instructions, nowNs: () => now.ns, vcpu: () => now.vcpu };
  return { recorder, now };
}

test('events come back with every field type and their stamps', () => {
  const { recorder, now } = recorderAt();
  now.instructions = 7;
  now.ns = 2 ** 52 - 1;
  now.vcpu = 3;
  recorder.record('mode', 'long', 1, 0x8000_0011n, 0x20n, 0xd01n, 0x10, 0xffff_ffff_8000_1234n);
  now.instructions = 2 ** 40;
  recorder.record('disk-read', 'hda', 63, 1, 2 ** 52, 'piix3-ide');
  recorder.record('mode', 'real', 0, 0x10n, 0n, 0n, 0xf000, 0xfff0n);
  expect([...recorder.store.events()]).toEqual([
    {
      kind: 'mode',
      seq: 0,
      instructions: 7,
      atNs: 2 ** 52 - 1,
      vcpu: 3,
      mode: 'long',
      paging: 1,
      cr0: 0x8000_0011n,
      cr4: 0x20n,
      efer: 0xd01n,
      cs: 0x10,
      ip: 0xffff_ffff_8000_1234n,
    },
    {
      kind: 'disk-read',
      seq: 1,
      instructions: 2 ** 40,
      atNs: 2 ** 52 - 1,
      vcpu: 3,
      disk: 'hda',
      lba: 63,
      count: 1,
      gpa: 2 ** 52,
      controller: 'piix3-ide',
    },
    {
      kind: 'mode',
      seq: 2,
      instructions: 2 ** 40,
      atNs: 2 ** 52 - 1,
      vcpu: 3,
      mode: 'real',
      paging: 0,
      cr0: 0x10n,
      cr4: 0n,
      efer: 0n,
      cs: 0xf000,
      ip: 0xfff0n,
    },
  ]);
});

test('a 64-bit value may come as a number', () => {
  const { recorder } = recorderAt();
  const heard: bigint[] = [];
  recorder.subscribe('vmexit', ({ ip }) => heard.push(ip));
  for (const ip of [0, 0xffff_fff0, 2 ** 53 - 1]) {
    recorder.record('vmexit', 30, 8, 0xf000, ip);
    recorder.record('vmexit', 30, 8n, 0xf000, BigInt(ip));
  }
  const events = [...recorder.store.events('vmexit')].map((event) => ({ ...event, seq: 0 }));
  for (let i = 0; i < events.length; i += 2) expect(events[i]).toEqual(events[i + 1]);
  expect(heard).toEqual([0n, 0n, 0xffff_fff0n, 0xffff_fff0n, 2n ** 53n - 1n, 2n ** 53n - 1n]);
});

test('only subscribed kinds are wanted when nothing else is', () => {
  const { recorder } = recorderAt('needed');
  const seen: number[] = [];
  const stop = recorder.subscribe('post', (event) => seen.push(event.code));
  expect([recorder.wants('post'), recorder.wants('port-write')]).toEqual([true, false]);
  expect([recorder.isFollowed('post'), recorderAt('full').recorder.isFollowed('post')]).toEqual([true, false]);
  recorder.record('post', 0x80, 0x55);
  recorder.record('port-write', 0x80, 1, 0x55, 1);
  stop();
  recorder.record('post', 0x80, 0x56);
  expect(seen).toEqual([0x55]);
  expect(recorder.store.size).toBe(1);
  expect(recorder.counts()).toEqual({ post: 1 });
});

test('a guest that floods a port loses the oldest events, never the hash or the count', () => {
  const flood = (events: number, heldBytes?: number) => {
    const { recorder, now } = recorderAt('full', heldBytes);
    for (let i = 0; i < events; i++) {
      now.instructions += 3;
      now.ns += 503;
      recorder.record('port-write', 0x3f8, 1, i & 0xff, 1);
    }
    return recorder;
  };
  const bounded = flood(300_000, 1024 * 1024);
  const whole = flood(300_000);
  expect(bounded.store.dropped).toBeGreaterThan(100_000);
  expect(whole.store.dropped).toBe(0);
  expect(bounded.store.hash()).toBe(whole.store.hash());
  expect(bounded.store.size).toBe(300_000);
  expect(lastEvents(bounded.store, 2).map(({ event }) => event.seq)).toEqual([299_998, 299_999]);
  expect(flood(299_999).store.hash()).not.toBe(whole.store.hash());
});

test('queries find by kind and by instruction', () => {
  const { recorder, now } = recorderAt();
  for (let i = 0; i < 100; i++) {
    now.instructions = i * 10;
    recorder.record(i % 2 === 0 ? 'post' : 'debug-console', 0x80, i);
  }
  expect([...eventsOfKind(recorder.store, 'post')]).toHaveLength(50);
  expect([...eventsBetween(recorder.store, 100, 120)].map((event) => event.seq)).toEqual([10, 11, 12]);
  expect(lastEvents(recorder.store, 1, (event) => event.kind === 'post').map(({ event }) => event.seq)).toEqual([98]);
});

test('a subscriber may record while it is called', () => {
  const { recorder } = recorderAt();
  recorder.subscribe('reset', () => recorder.record('post', 0x80, 1));
  recorder.record('reset', 'cf9');
  expect([...recorder.store.events()].map((event) => event.kind)).toEqual(['reset', 'post']);
});

test('an event is one line of text', () => {
  const { recorder, now } = recorderAt();
  now.instructions = 12;
  recorder.record('serial', 0, 0x4d);
  recorder.record('vmexit', 30, 0x1f7_0008n, 0xf000, 0xe2c3n);
  const [serial, vmexit] = [...recorder.store.events()];
  expect(eventText(serial!)).toBe("serial uart=0 byte=0x4d 'M'");
  expect(eventText(vmexit!)).toBe('vmexit reason=30 qualification=0x1f7_0008 cs=0xf000 ip=0xe2c3');
});
