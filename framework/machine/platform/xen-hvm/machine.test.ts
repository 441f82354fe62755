import { GIB, MIB } from '../../../quantities/units';
import { DomainBuildError } from './builder/layout';
import { createXenHvm } from './create';
import { DATA, dwords, guest } from './guest-program.test-support';
import type { Call } from './guest-program.test-support';

const [MEMORY, VERSION, SCHED, EVENT] = [12, 17, 29, 32];
const SELF = 0x7ff0;

const CALLS: readonly Call[] = [
  [MEMORY, 7, DATA],
  [MEMORY, 6, DATA + 0x10],
  [EVENT, 6, DATA + 0x30],
  [SCHED, 3, DATA + 0x40],
  [MEMORY, 3, DATA + 0x60],
  [VERSION, 1, DATA + 0x80],
];
const STRUCTURES = {
  0: dwords(SELF, 0, 0, 0xfdfff),
  0x10: dwords(DATA + 0x28, 1, 0, 0, SELF),
  0x28: dwords(0xfc000),
  0x30: dwords(SELF, 0),
  0x40: dwords(DATA + 0x58, 1, 30_000_000, 0),
  0x58: dwords(2),
  0x60: dwords(SELF),
};

test.each([1, 2, 3, 5, 9, 20])('a machine restored after %d instructions ends as the one that went straight on', (steps) => {
  const straight = guest(CALLS, STRUCTURES);
  const expected = straight.run();

  const first = guest(CALLS, STRUCTURES);
  first.machine.run(steps);
  const saved = first.machine.save();
  const second = guest(CALLS, STRUCTURES);
  second.machine.run(7);
  second.machine.restore(saved);
  expect(second.run()).toEqual(expected);
  expect(second.machine.clock.nowNs()).toBe(straight.machine.clock.nowNs());
  expect(JSON.stringify(second.machine.save(), replacer)).toBe(JSON.stringify(straight.machine.save(), replacer));
});

/** Everything that JSON leaves out, as text. */
function replacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value.toString()}n`;
  return value instanceof Map ? [...value.entries()] : value;
}

test('a reboot builds the domain anew: memory, pages, channels and xenstore are as at the start', () => {
  const calls: readonly Call[] = [...CALLS, [SCHED, 2, DATA + 0x90]];
  const { machine, run } = guest(calls, { ...STRUCTURES, 0x90: dwords(1) });
  const first = run();
  expect(first.stop).toEqual({ kind: 'reset', source: 'sched-op' });
  const again = run();
  expect(again).toEqual(first);
  expect(machine.core.memory.ranges().at(-1)).toMatchObject({ last: 0xfefff });
});

test('a guest of 5 GiB costs the host next to nothing before it runs', () => {
  const { machine } = guest([[VERSION, 0]], {}, { memoryBytes: 5 * GIB, vga: 'stdvga' });
  const ranges = machine.core.memory.ranges().map(({ first, last }) => [first * 4096, (last + 1) * 4096]);
  expect(ranges).toEqual([
    [0, 0xa_0000],
    [0xc_0000, 0xf000_0000],
    [0xfeff_0000, 0xff00_0000],
    [4 * GIB, 4 * GIB + (5 * GIB - 16 * MIB - 0xf000_0000) + 16 * MIB],
  ]);
  expect(machine.core.memory.allocatedBytes).toBeLessThan(1 * MIB);
});

const config = guest([[VERSION, 0]]).machine.config;
const silent = { wants: () => false, record: () => undefined };

test.each<[string, Partial<typeof config>, RegExp]>([
  ['less memory than the adapter takes', { memoryBytes: 16 * MIB, vga: 'stdvga' }, /0 MiB of RAM beside 16 MiB of video RAM/],
  ['2^60 bytes of memory', { memoryBytes: 2 ** 60 }, /at most 192 GiB/],
  ['no loader', { firmware: { bios: Uint8Array.of(0), biosKind: 'seabios' } }, /needs hvmloader/],
  ['a loader that is none', { firmware: { ...config.firmware, loader: new Uint8Array(100) } }, /hvmloader: not an ELF file/],
  ['a BIOS that does not fit', { firmware: { ...config.firmware, bios: new Uint8Array(32 * MIB) } }, /would end at 0x/],
])('%s: the domain is not built, and the error says why', (_name, changes, reason) => {
  expect(() => createXenHvm({ ...config, ...changes }, silent)).toThrow(DomainBuildError);
  expect(() => createXenHvm({ ...config, ...changes }, silent)).toThrow(reason);
});

test('too many vCPUs are refused', () => {
  expect(() => createXenHvm({ ...config, vcpus: 129 }, silent)).toThrow(/1 to 128/);
});
