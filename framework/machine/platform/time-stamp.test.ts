import { tscAt, vcpuTsc } from './time-stamp';

test('a deadline is due at the first nanosecond that shows it, with the offset of the vCPU', () => {
  let ns = 100.5;
  const tsc = vcpuTsc({ tscOffset: () => 1000n }, { nowNs: () => ns }, 2_600_000, 0);
  expect(tsc.now()).toBe(1260n);
  const due = tsc.whenNs(1300n);
  expect([tscAt(due - 1, 2_600_000) + 1000n, tscAt(due, 2_600_000) + 1000n]).toEqual([1299n, 1301n]);
  ns = due;
  expect(tsc.whenNs(1300n)).toBe(due);
});

test('a deadline in hundreds of years is out of sight; an offset may be negative', () => {
  const tsc = vcpuTsc({ tscOffset: () => 2n ** 64n - 260n }, { nowNs: () => 100 }, 2_600_000, 0);
  expect([tsc.now(), tsc.whenNs(2n ** 63n), tsc.whenNs(26n)]).toEqual([0n, Infinity, 110]);
});
