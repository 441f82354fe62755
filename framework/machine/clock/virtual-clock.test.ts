import { Frequency } from './frequency';
import { VirtualClock } from './virtual-clock';

function clockWithLog() {
  const guest = { retired: 0 };
  const clock = new VirtualClock(() => guest.retired);
  const log: string[] = [];
  const timer = (name: string, more?: () => void) =>
    clock.timer(name, () => {
      log.push(`${name}@${clock.nowNs()}`);
      more?.();
    });
  return { guest, clock, log, timer };
}

test('time is retired instructions, charges and idle time', () => {
  const { guest, clock } = clockWithLog();
  guest.retired = 100;
  clock.charge(500);
  expect(clock.nowNs()).toBe(600);
  clock.advanceTo(1000);
  clock.advanceTo(10);
  guest.retired += 1;
  expect([clock.nowNs(), clock.instructions()]).toEqual([1001, 101]);
});

test('timers fire by deadline, then by creation, whenever they were armed', () => {
  const { guest, clock, log, timer } = clockWithLog();
  const [a, b, c] = [timer('a'), timer('b'), timer('c')];
  c.arm(10);
  b.arm(20);
  a.arm(20);
  expect(clock.nextDeadlineNs()).toBe(10);
  guest.retired = 19;
  clock.fireDue();
  guest.retired = 20;
  clock.fireDue();
  expect(log).toEqual(['c@19', 'a@20', 'b@20']);
  expect(clock.nextDeadlineNs()).toBe(Infinity);
});

test('a timer armed while firing for a time that has come fires in the same call', () => {
  const { clock, log, timer } = clockWithLog();
  let left = 3;
  const periodic = timer('periodic', () => left-- > 0 && periodic.arm(5));
  const other = timer('other');
  periodic.arm(1);
  other.arm(7);
  other.arm(2);
  clock.idleTo(6);
  expect(log).toEqual(['periodic@1', 'other@2', 'periodic@5', 'periodic@5', 'periodic@5']);
  expect(clock.nowNs()).toBe(6);
});

test('a restored clock fires as the saved one would have', () => {
  const { clock, log, timer } = clockWithLog();
  const [a, b] = [timer('a'), timer('b')];
  a.arm(30);
  clock.charge(7);
  const saved = structuredClone(clock.save());
  a.cancel();
  b.arm(8);
  clock.idleTo(50);
  clock.restore(saved);
  expect([clock.nowNs(), clock.nextDeadlineNs(), b.deadlineNs]).toEqual([7, 30, Infinity]);
  clock.idleTo(40);
  expect(log).toEqual(['b@8', 'a@30']);
});

test('two timers of one name are refused', () => {
  const { timer } = clockWithLog();
  timer('rtc');
  expect(() => timer('rtc')).toThrow('two timers are called rtc');
});

test.each([1_193_182, 3_579_545, 62_500_000, 99_999_989])('%d Hz: ticks are exact after ten days and invert', (hertz) => {
  const crystal = new Frequency(hertz);
  const tenDays = 864_000;
  expect(crystal.ticksAt(tenDays * 1e9)).toBe(tenDays * hertz);
  for (const tick of [0, 1, 2, 65_535, hertz * 7 + 3, hertz * tenDays + 12_345]) {
    const ns = crystal.nsOfTick(tick);
    expect(crystal.ticksAt(ns)).toBe(tick);
    if (tick > 0) expect(crystal.ticksAt(ns - 1)).toBeLessThan(tick);
  }
});
