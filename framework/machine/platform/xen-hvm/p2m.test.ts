import { machineFrame, poolFrames } from './machine-frames';
import { P2m } from './p2m';
import { PlainMemory } from './plain-memory.test-support';

const silent = { wants: () => false, record: () => undefined };

function domain(maxPages = 1000): { p2m: P2m; memory: PlainMemory } {
  const memory = new PlainMemory();
  return { memory, p2m: new P2m(memory, silent, maxPages) };
}

test('neighbouring guest frames have machine frames far apart, a superpage has neighbours', () => {
  const { p2m } = domain(2000);
  p2m.populate(0, 16);
  p2m.populate(512, 512, '2m');
  const mfn = (gfn: number): number => p2m.lookup(gfn)?.mfn ?? -1;
  const small = Array.from({ length: 16 }, (_, gfn) => mfn(gfn));
  expect(new Set(small).size).toBe(16);
  expect(small.some((frame, gfn) => gfn > 0 && frame === (small[gfn - 1] ?? 0) + 1)).toBe(false);
  expect(mfn(512) % 512).toBe(0);
  expect(mfn(1023)).toBe(mfn(512) + 511);
});

test('no machine frame is handed out twice', () => {
  const frames = new Set(Array.from({ length: 50_000 }, (_, index) => machineFrame('4k', index)));
  expect(frames.size).toBe(50_000);
  expect(Math.max(...frames)).toBeLessThan(machineFrame('4k', 0) + poolFrames('4k'));
});

test('moving frames keeps their machine frames; what was there is given back', () => {
  const { p2m, memory } = domain();
  p2m.populate(0x100, 4);
  p2m.populate(0x200, 2);
  memory.write(0x10_0000, Uint8Array.of(1));
  const moved = [0, 1, 2, 3].map((page) => p2m.lookup(0x100 + page)?.mfn);
  p2m.move(0x100, 0x200, 4);
  expect([0, 1, 2, 3].map((page) => p2m.lookup(0x200 + page)?.mfn)).toEqual(moved);
  expect([p2m.type(0x100), p2m.totalPages, p2m.ranges()]).toEqual(['mmio_dm', 4, [{ first: 0x200, last: 0x203 }]]);
  expect(memory.read(0x20_0000, 1)[0]).toBe(1);
});

test('frames given back are used again, and the limit of the domain holds', () => {
  const { p2m } = domain(10);
  expect(p2m.populate(0, 10)).toBe(true);
  expect(p2m.populate(10, 1)).toBe(false);
  const freed = p2m.lookup(5)?.mfn;
  p2m.release(5, 1);
  expect(p2m.populate(0x5000, 1)).toBe(true);
  expect(p2m.lookup(0x5000)?.mfn).toBe(freed);
  for (let round = 0; round < 1000; round++) {
    p2m.release(0x5000, 1);
    p2m.populate(0x5000, 1);
  }
  expect([p2m.totalPages, p2m.state.free.length]).toEqual([10, 0]);
});

test('a page of the hypervisor is in one place, does not count, and does not come back as RAM', () => {
  const { p2m, memory } = domain();
  p2m.populate(0x10, 1);
  const page = p2m.allocateXenPage();
  p2m.mapXenPage(page, 0x10, undefined);
  expect([p2m.type(0x10), p2m.totalPages]).toEqual(['xen', 0]);
  p2m.mapXenPage(page, 0x20, 0x10);
  expect([memory.kind(0x10), memory.kind(0x20), p2m.lookup(0x20)?.type]).toEqual(['hole', 'ram', 'xen']);
  p2m.release(0x20, 1);
  expect([p2m.totalPages, p2m.state.free.map(({ pool }) => pool)]).toEqual([0, ['4k']]);
});
