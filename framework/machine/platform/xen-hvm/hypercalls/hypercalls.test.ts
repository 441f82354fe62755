import { DATA, HOLE, dwords, guest } from '../guest-program.test-support';
import type { Call } from '../guest-program.test-support';
import { EACCES, EEXIST, EFAULT, EINVAL, ENOENT, ENOSYS, EOPNOTSUPP, EPERM, ESRCH } from '../errno';

const [MEMORY, MULTICALL, VERSION, CONSOLE, GRANT, VCPU, XSM, SCHED, EVENT, PHYSDEV, HVM, DOMCTL] = [
  12, 13, 17, 18, 20, 24, 27, 29, 32, 33, 34, 36,
];
const SELF = 0x7ff0;
/** Of a guest with 32 MiB and no video RAM: RAM without the VGA hole, 16 special pages. */
const PAGES = 32 * 256 - 32 + 16;
const SPARE = 256 + 32 - 16;

test('a guest that halts with interrupts off is powered off', () => {
  const { results, stop } = guest([[VERSION, 0]]).run();
  expect([results, stop]).toEqual([[0x40011], { kind: 'shutdown', source: 'vcpus-down', reason: 0 }]);
});

test('XEN_VERSION: version, texts, UUID, features, page size', () => {
  const at = (offset: number): number => DATA + offset;
  const { machine, run } = guest([
    [VERSION, 1, at(0)],
    [VERSION, 3, at(0x400)],
    [VERSION, 6, at(0x40)],
    [VERSION, 7, 0],
    [VERSION, 7, 1],
    [VERSION, 8, at(0x80)],
    [VERSION, 9, at(0xc0)],
    [VERSION, 10, 0],
    [VERSION, 11, 0],
    [VERSION, 1, HOLE],
  ]);
  expect(run().results).toEqual([0, 0, 0, 4096, -EINVAL, 0, 0, -EPERM, -ENOSYS, -EFAULT]);
  const text = (offset: number, length: number): string => Buffer.from(machine.readPhysical(at(offset), length)).toString('latin1');
  expect(text(0, 4)).toBe('.7\0\0');
  expect(text(0x400, 16)).toBe('xen-3.0-x86_64 x');
  expect(text(0xc0, 9)).toBe('<denied>\0');
  expect(Buffer.from(machine.readPhysical(at(0x80), 16)).toString('hex')).toBe('5d4d6c355b294a7c953ea834623515cd');
  expect(machine.readPhysical(at(0x44), 4)[0]).toBe(0b101);
});

test('calls that a guest has no business with get the errors of a real Xen', () => {
  const { results } = guest([
    [0],
    [1],
    [CONSOLE, 0, 5, DATA],
    [DOMCTL, DATA],
    [DOMCTL, HOLE],
    [XSM, DATA],
    [PHYSDEV, 21, DATA],
    [28],
    [37],
    [39, 0],
    [40, 0],
    [55],
    [0x1234],
    [0xffffffff],
  ]).run();
  expect(results).toEqual([
    ...[-ENOSYS, -ENOSYS, -EPERM, -EPERM, -EFAULT, -ENOSYS, -ENOSYS, -ENOSYS, -ENOSYS],
    ...[-EOPNOTSUPP, -EOPNOTSUPP, -ENOSYS, -ENOSYS, -ENOSYS],
  ]);
});

/** xen_memory_reservation of the 32-bit ABI. */
function reservation(list: number, extents: number, order = 0, flags = 0, domid = SELF): Uint8Array {
  return dwords(list, extents, order, flags, domid);
}

test('populate_physmap gives pages until the domain has all it may have, and says how many', () => {
  const list = Uint8Array.from(Array.from({ length: 400 }, (_, index) => [...dwords(0xfc000 + index)]).flat());
  const { results } = guest(
    [
      [MEMORY, 3, DATA],
      [MEMORY, 6, DATA + 0x10],
      [MEMORY, 3, DATA],
      [MEMORY, 4, DATA],
      [MEMORY, 14, DATA],
      [MEMORY, 1, DATA + 0x30],
      [MEMORY, 3, DATA],
    ],
    { 0: dwords(SELF), 0x10: reservation(DATA + 0x1000, 400), 0x30: reservation(DATA + 0x1000, 2), 0x1000: list },
  ).run();
  expect(results).toEqual([PAGES, SPARE, PAGES + SPARE, PAGES + SPARE, 0xfefff, 2, PAGES + SPARE - 2]);
});

test.each<[string, Uint8Array]>([
  ['2^32 - 1 extents', reservation(DATA + 0x1000, 0xffffffff)],
  ['extents of 2^31 pages', reservation(DATA + 0x1000, 1, 31)],
  ['a list that is not mapped', reservation(HOLE, 10)],
  ['a frame past the address space', reservation(DATA + 0x1000, 10)],
  ['a structure of another domain', reservation(DATA + 0x1000, 1, 0, 0, 77)],
  ['populate on demand', reservation(DATA + 0x1000, 1, 0, 1 << 16)],
])('populate_physmap of %s does nothing', (_name, structure) => {
  const { results } = guest([[MEMORY, 6, DATA]], { 0: structure, 0x1000: dwords(0xffffffff) }).run();
  expect(results).toEqual([0]);
});

test('the shared info page appears where the guest wants it, once; other pages move or are refused', () => {
  const map = (space: number, index: number, gfn: number): Uint8Array => dwords(SELF, space, index, gfn);
  const { machine, run, events } = guest(
    [
      [MEMORY, 7, DATA],
      [MEMORY, 7, DATA + 0x10],
      [MEMORY, 7, DATA + 0x20],
      [MEMORY, 7, DATA + 0x30],
      [MEMORY, 7, DATA + 0x40],
      [MEMORY, 7, DATA + 0x50],
      [MEMORY, 15, DATA + 0x60],
      [MEMORY, 15, DATA + 0x60],
      [MEMORY, 7, HOLE],
    ],
    {
      0: map(0, 0, 0xfdfff),
      0x10: map(0, 0, 0xfdffe),
      0x20: map(2, 0x1000, 0x5000),
      0x30: map(2, 0x7777, 0x5001),
      0x40: map(4, 0, 0x5001),
      0x50: map(0, 1, 0x5001),
      0x60: dwords(SELF, 0x5000),
    },
  );
  machine.core.memory.write(0x1000 * 4096, Uint8Array.of(0x77));
  expect(run().results).toEqual([0, 0, 0, -EINVAL, -ENOSYS, -EINVAL, 0, -ENOENT, -EFAULT]);
  expect(machine.core.memory.kind(0xfdfff)).toBe('hole');
  const shared = new DataView(machine.readPhysical(0xfdffe * 4096, 64).buffer);
  expect(shared.getUint32(32, true) % 2).toBe(0);
  expect([shared.getUint32(32 + 24, true), shared.getInt8(32 + 28)]).toEqual([0x8000_0000, 0]);
  expect(events.filter(({ kind }) => kind === 'p2m').map(({ fields }) => [fields[0], fields[1]])).toEqual(
    expect.arrayContaining([
      ['map', 0xfdfff],
      ['unmap', 0xfdfff],
      ['map', 0xfdffe],
      ['move', 0x5000],
      ['unmap', 0x5000],
    ]),
  );
});

test('memory map, vNUMA, and things of other domains', () => {
  const { machine, run } = guest(
    [
      [MEMORY, 9, DATA],
      [MEMORY, 26, DATA + 0x20],
      [MEMORY, 3, DATA + 0x60],
      [MEMORY, 3, DATA + 0x64],
      [MEMORY, 10, DATA],
      [MEMORY, 99, DATA],
      [MEMORY, 28, DATA + 0x80],
    ],
    { 0: dwords(128, DATA + 0x100), 0x20: dwords(SELF, 1, 1, 1), 0x60: dwords(0), 0x64: dwords(99), 0x80: dwords(SELF) },
  );
  expect(run().results).toEqual([0, -EOPNOTSUPP, -EPERM, -ESRCH, -ENOSYS, -ENOSYS, -EPERM]);
  const map = new DataView(machine.readPhysical(DATA, 0x120).buffer);
  expect([map.getUint32(0, true), map.getBigUint64(0x100, true), map.getBigUint64(0x108, true), map.getUint32(0x110, true)]).toEqual([
    1,
    0x10_0000n,
    0x1f0_0000n,
    1,
  ]);
});

test('HVM parameters: what a guest may read and write', () => {
  const param = (index: number, low = 0, high = 0, domid = SELF): Uint8Array => dwords(domid, index, low, high);
  const calls: [Call, Uint8Array, number][] = [
    [[HVM, 1], param(1), 0],
    [[HVM, 1], param(2), 0],
    [[HVM, 1], param(12), -EPERM],
    [[HVM, 1], param(24), -EINVAL],
    [[HVM, 1], param(39), -EINVAL],
    [[HVM, 1], param(1, 0, 0, 9), -ESRCH],
    [[HVM, 1], param(1, 0, 0, 0), -EPERM],
    [[HVM, 0], param(1, 5), -EPERM],
    [[HVM, 0], param(19, 1), 0],
    [[HVM, 0], param(19, 7), -EINVAL],
    [[HVM, 0], param(37, 0xfc100280, 0x180), 0],
    [[HVM, 1], param(15), 0],
    [[HVM, 0], param(36, 3), -EINVAL],
    [[HVM, 2], param(0), -ENOSYS],
    [[HVM, 3], param(0), -ENOSYS],
  ];
  const structures = Object.fromEntries(calls.map(([, bytes], index) => [index * 16, bytes]));
  const { machine, run } = guest(
    calls.map(([[nr, sub = 0]], index): Call => [nr, sub, DATA + index * 16]),
    structures,
  );
  expect(run().results).toEqual(calls.map(([, , result]) => result));
  const value = (index: number): number => new DataView(machine.readPhysical(DATA + index * 16 + 8, 4).buffer).getUint32(0, true);
  expect([value(0), value(1), value(11)]).toEqual([0xfeffc, 1, 0xfc100280]);
});

test('event channels: a channel to itself carries an event, and is gone when closed', () => {
  const { machine, run } = guest(
    [
      [MEMORY, 7, DATA],
      [EVENT, 6, DATA + 0x10],
      [EVENT, 0, DATA + 0x20],
      [EVENT, 4, DATA + 0x30],
      [EVENT, 5, DATA + 0x40],
      [EVENT, 7, DATA + 0x60],
      [EVENT, 1, DATA + 0x70],
      [EVENT, 1, DATA + 0x70],
      [EVENT, 4, DATA + 0x80],
      [EVENT, 3, DATA + 0x84],
      [EVENT, 3, DATA + 0x88],
      [EVENT, 5, DATA + 0xa0],
      [EVENT, 11, DATA],
    ],
    {
      0: dwords(SELF, 0, 0, 0xfdfff),
      0x10: dwords(SELF + SELF * 0x10000, 0),
      0x20: dwords(SELF, 5, 0),
      0x30: dwords(5),
      0x40: dwords(SELF, 5, 0, 0, 0, 0),
      0x60: dwords(0, 0),
      0x70: dwords(0, 0, 0),
      0x80: dwords(5000),
      0x84: dwords(6),
      0x88: dwords(3),
      0xa0: dwords(SELF, 3),
    },
  );
  expect(run().results).toEqual([0, 0, 0, 0, 0, 0, 0, -EEXIST, -EINVAL, 0, -EINVAL, -EACCES, -ENOSYS]);
  const word = (offset: number): number => new DataView(machine.readPhysical(DATA + offset, 4).buffer).getUint32(0, true);
  expect([word(0x14), word(0x28), word(0x48), word(0x50) & 0xffff, word(0x54), word(0x64), word(0x78)]).toEqual([5, 6, 2, 3, 6, 7, 8]);
  const shared = machine.readPhysical(0xfdfff000, 0x900);
  expect([shared[0], shared[4], shared[0x800]]).toEqual([1, 1, 0]);
});

test('poll waits for its deadline, or not at all when the event is there already', () => {
  const { machine, run } = guest(
    [
      [SCHED, 3, DATA],
      [SCHED, 3, DATA + 0x20],
      [SCHED, 3, DATA + 0x40],
      [SCHED, 0, 0],
      [SCHED, 4, DATA + 0x60],
      [SCHED, 99, 0],
      [SCHED, 3, HOLE],
    ],
    {
      0: dwords(DATA + 0x18, 1, 50_000_000, 0),
      0x18: dwords(2),
      0x20: dwords(DATA + 0x18, 129, 0, 0),
      0x40: dwords(DATA + 0x60, 1, 0, 0),
      0x60: dwords(900),
    },
  );
  expect(run().results).toEqual([0, -EINVAL, -EINVAL, 0, -ESRCH, -ENOSYS, -EFAULT]);
  expect(machine.clock.nowNs()).toBeGreaterThanOrEqual(50e6);
});

test.each([
  ['crash', 3, { kind: 'shutdown', source: 'sched-op', reason: 3 }],
  ['poweroff', 0, { kind: 'shutdown', source: 'sched-op', reason: 0 }],
  ['reboot', 1, { kind: 'reset', source: 'sched-op' }],
])('shutdown with reason %s ends the machine at once', (_name, reason, expected) => {
  const { stop, results } = guest(
    [
      [SCHED, 2, DATA],
      [VERSION, 0],
    ],
    { 0: dwords(reason) },
  ).run();
  expect(stop).toEqual(expected);
  expect(results[1]).toBe(0);
});

test('vCPUs: the only one is up, others do not exist; a second one waits for its SIPI', () => {
  const calls: Call[] = [
    [VCPU, 3, 0],
    [VCPU, 3, 1],
    [VCPU, 1, 1],
    [VCPU, 3, 4],
    [VCPU, 6, 0, DATA],
    [VCPU, 99, 0],
    [VCPU, 10, 0, DATA + 0x10],
  ];
  const structures = { 0: dwords(10, 0), 0x10: dwords(0x1000, 0, 8, 0) };
  const alone = guest(calls, structures).run().results;
  expect(alone).toEqual([1, -ENOENT, -ENOENT, -ENOENT, -EINVAL, -ENOSYS, 0]);
  const two = guest(calls, structures, { vcpus: 2 }).run().results;
  expect(two).toEqual([1, 0, -EINVAL, -ENOENT, -EINVAL, -ENOSYS, 0]);
});

test('a multicall makes its calls in order and keeps each result', () => {
  const entry = (nr: number, ...args: number[]): Uint8Array => dwords(nr, 0, ...args, ...Array.from({ length: 6 - args.length }, () => 0));
  const { machine, run } = guest(
    [
      [MULTICALL, DATA, 2],
      [MULTICALL, HOLE, 1],
      [MULTICALL, DATA, 0x7fffffff],
    ],
    { 0: entry(VERSION, 0), 0x20: entry(VERSION, 99) },
  );
  expect(run().results).toEqual([0, -EFAULT, -EINVAL]);
  const results = new DataView(machine.readPhysical(DATA, 0x40).buffer);
  expect([results.getInt32(4, true), results.getInt32(0x24, true)]).toEqual([0x40011, -ENOSYS]);
});

test('the grant table is version 1; its frames are mapped like the shared info page', () => {
  const { machine, run } = guest(
    [
      [GRANT, 6, DATA, 1],
      [GRANT, 10, DATA + 0x20, 1],
      [GRANT, 8, DATA + 0x30, 1],
      [MEMORY, 7, DATA + 0x40],
      [GRANT, 0, DATA + 0x60, 1],
      [GRANT, 0, HOLE, 1],
      [GRANT, 6, DATA, 0x80000000],
      [GRANT, 99, DATA, 1],
    ],
    { 0: dwords(SELF), 0x20: dwords(SELF, 0), 0x30: dwords(2), 0x40: dwords(SELF, 1, 0, 0xfd000), 0x60: dwords(0, 0, 0, 0) },
  );
  expect(run().results).toEqual([0, 0, -ENOSYS, 0, 0, -EFAULT, -EINVAL, -ENOSYS]);
  const word = (offset: number): number => new DataView(machine.readPhysical(DATA + offset, 4).buffer).getUint32(0, true);
  expect([word(4), word(8), word(0x24), word(0x60 + 16) & 0xffff]).toEqual([1, 64, 1, 0xfffe]);
  expect([...machine.readPhysical(0xfd000000, 8)]).toEqual([1, 0, 0, 0, 0xff, 0xef, 0x0f, 0]);
});
