import { VirtualClock } from '../../clock/virtual-clock';
import { dayNumber, fromSeconds, toSeconds, weekday } from './calendar';
import { Mc146818, type Mc146818Options } from './mc146818';

/** 2026-11-22 09:45:30 UTC, a Sunday. */
const START = toSeconds({ year: 2026, month: 11, day: 22, hour: 9, minute: 45, second: 30 });
const MS = 1e6;
const SECOND = 1e9;

function board(options: Partial<Mc146818Options> = {}) {
  const clock = new VirtualClock(() => 0);
  const irq: { ns: number; level: boolean }[] = [];
  const nmi: boolean[] = [];
  let level = false;
  const rtc = new Mc146818({
    name: 'rtc',
    clock,
    irq: {
      set(next) {
        if (next !== level) irq.push({ ns: clock.nowNs(), level: next });
        level = next;
      },
    },
    nmiDisable: { set: (disabled) => void nmi.push(disabled) },
    startSeconds: START,
    ...options,
  });
  const write = (index: number, value: number) => {
    rtc.writePort(0x70, 1, index);
    rtc.writePort(0x71, 1, value);
  };
  const read = (index: number) => {
    rtc.writePort(0x70, 1, index);
    return rtc.readPort(0x71, 1)!;
  };
  const time = () => [0x32, 9, 8, 7, 4, 2, 0].map((index) => read(index).toString(16).padStart(2, '0')).join(' ');
  return { clock, rtc, irq, nmi, write, read, time };
}

test('calendar: day numbers, leap years, weekdays', () => {
  expect(dayNumber(1970, 1, 1)).toBe(0);
  expect(dayNumber(2000, 3, 1) - dayNumber(2000, 2, 28)).toBe(2);
  expect(dayNumber(2100, 3, 1) - dayNumber(2100, 2, 28)).toBe(1);
  expect([weekday(0), weekday(START)]).toEqual([4, 0]);
  for (const seconds of [0, START, START * 3, 951_782_399, 951_782_400, 4_107_542_400])
    expect(toSeconds(fromSeconds(seconds))).toBe(seconds);
});

test('power-on registers are those of a machine that a domain builder just made', () => {
  const { rtc, clock } = board({ sunday: 0, periodicFlagNeedsEnable: true });
  clock.idleTo(100 * MS);
  const registers = Array.from({ length: 14 }, (_, index) => rtc.byte(index));
  expect(registers).toEqual([0x30, 0, 0x45, 0, 0x09, 0, 0x00, 0x22, 0x11, 0x26, 0x26, 0x02, 0x00, 0x80]);
  clock.idleTo(77 * SECOND);
  expect([rtc.byte(0), rtc.byte(2), rtc.byte(0x0c)]).toEqual([0x47, 0x46, 0x10]);
});

test('firmware reads the date when no update is in progress', () => {
  const { read, time, clock, rtc } = board();
  expect(rtc.byte(6)).toBe(1);
  clock.idleTo(SECOND - 2_228_001);
  expect(read(0x0a)).toBe(0x26);
  clock.idleTo(SECOND - 2_228_000);
  expect([read(0x0a), read(0)]).toEqual([0xa6, 0x30]);
  clock.idleTo(SECOND);
  expect([read(0x0a), time()]).toEqual([0x26, '20 26 11 22 09 45 31']);
});

test('setting the clock with B.SET: time stands still meanwhile, and the century rolls over', () => {
  const { read, write, time, clock } = board();
  write(0x0b, 0x82);
  for (const [index, value] of Object.entries({ 0: 0x59, 2: 0x59, 4: 0x23, 7: 0x31, 8: 0x12, 9: 0x99, 0x32: 0x20, 6: 0x07 })) {
    write(Number(index), value);
  }
  clock.idleTo(5.5 * SECOND);
  expect([time(), read(0x0a) & 0x80]).toEqual(['20 99 12 31 23 59 59', 0]);
  write(0x0b, 0x02);
  clock.idleTo(6.1 * SECOND);
  expect([time(), read(6)]).toEqual(['21 00 01 01 00 00 00', 1]);
});

test('binary and 12-hour modes', () => {
  const { write, read, clock } = board();
  write(0x0b, 0x84);
  for (const [index, value] of [
    [4, 11],
    [2, 59],
    [0, 59],
  ] as const)
    write(index, value);
  write(0x0b, 0x04);
  clock.idleTo(1.5 * SECOND);
  expect([read(4), read(2)]).toEqual([0x8c, 0]);
  write(4, 0x8b);
  write(2, 59);
  write(0, 59);
  clock.idleTo(2.5 * SECOND);
  expect(read(4)).toBe(12);
});

test('divider held in reset: the first update comes half a second after it runs', () => {
  const { write, read, clock } = board();
  write(0x0a, 0x76);
  clock.idleTo(10.2 * SECOND);
  expect(read(0)).toBe(0x30);
  write(0x0a, 0x26);
  clock.idleTo(10.69 * SECOND);
  expect(read(0)).toBe(0x30);
  clock.idleTo(10.71 * SECOND);
  expect(read(0)).toBe(0x31);
});

test('the 1024 Hz periodic interrupt stays asserted until register C is read', () => {
  const { write, read, clock, irq } = board();
  read(0x0c);
  write(0x0b, 0x42);
  clock.idleTo(2 * MS);
  expect(irq.map(({ level }) => level)).toEqual([true]);
  expect(Math.abs(irq[0]!.ns - 976_563)).toBeLessThanOrEqual(60);
  expect(read(0x0c)).toBe(0xc0);
  expect(read(0x0c)).toBe(0);
  clock.idleTo(3 * MS);
  expect(irq.map((edge) => edge.level)).toEqual([true, false, true]);
  write(0x0b, 0x02);
  expect(irq.at(-1)!.level).toBe(false);
});

test('periodic interrupts timed by another clock: right in the long run, each a little early or late, the same every time', () => {
  const intervals = (): number[] => {
    const { write, read, clock, irq } = board();
    write(0x0b, 0x42);
    for (let tick = 1; tick <= 512; tick++) {
      clock.idleTo(tick * 976_562.5 + 1000);
      read(0x0c);
    }
    const edges = irq.filter(({ level }) => level).map(({ ns }) => ns);
    return edges.slice(1).map((ns, index) => ns - edges[index]!);
  };
  const measured = intervals();
  expect(measured).toHaveLength(511);
  expect(Math.abs(measured.reduce((sum, ns) => sum + ns) / 511 - 976_562.5)).toBeLessThan(1);
  expect(measured.every((ns) => Math.abs(ns - 976_562.5) <= 121)).toBe(true);
  const commonest = Math.max(...measured.map((ns) => measured.filter((other) => other === ns).length));
  expect(commonest).toBeLessThan(16);
  expect(intervals()).toEqual(measured);
});

test('update-ended interrupt once a second, and flags without their enables raise nothing', () => {
  const { write, read, clock, irq } = board();
  clock.idleTo(1.2 * SECOND);
  expect([irq.length, read(0x0c) & 0x90]).toEqual([0, 0x10]);
  write(0x0b, 0x12);
  clock.idleTo(2 * SECOND);
  expect([[...irq], read(0x0c) & 0x90]).toEqual([[{ ns: 2 * SECOND, level: true }], 0x90]);
  write(0x0b, 0x92);
  expect(read(0x0b)).toBe(0x82);
});

test('alarm with wildcards; a date in hours is one timer, not 86,400 looks', () => {
  const { write, read, clock, irq } = board();
  write(1, 0x05);
  write(3, 0xff);
  write(5, 0xc0);
  write(0x0b, 0x22);
  clock.idleTo(60 * SECOND);
  expect(irq).toEqual([{ ns: 35 * SECOND, level: true }]);
  expect(read(0x0c) & 0xa0).toBe(0xa0);
  write(3, 0x44);
  write(5, 0x09);
  expect(clock.nextDeadlineNs()).toBe((86_400 - 85) * SECOND);
  write(5, 0x99);
  expect(clock.nextDeadlineNs()).toBe(Infinity);
});

test('CMOS bytes survive reset, enables do not; bit 7 of the index masks NMI; the extended bank is separate', () => {
  const { rtc, write, read, nmi } = board({ extendedBank: true });
  write(0x0f, 0x05);
  rtc.setByte(0x34, 0xab);
  write(0x0b, 0x42);
  rtc.writePort(0x70, 1, 0x8f);
  expect([rtc.readPort(0x71, 1), nmi.at(-1)]).toEqual([0x05, true]);
  rtc.writePort(0x72, 1, 0x0f);
  rtc.writePort(0x73, 1, 0x77);
  rtc.reset();
  expect(nmi.at(-1)).toBe(false);
  expect([read(0x0f), read(0x34), read(0x0b), rtc.readPort(0x70, 1)]).toEqual([0x05, 0xab, 0x02, 0xff]);
  rtc.writePort(0x72, 1, 0x0f);
  expect(rtc.readPort(0x73, 1)).toBe(0x77);
});
