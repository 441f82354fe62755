import { VirtualClock } from '../../clock/virtual-clock';
import { Frequency } from '../../clock/frequency';
import { Port61 } from '../port-61';
import { I8254, PIT_HZ } from './i8254';

const crystal = new Frequency(PIT_HZ);

function board() {
  const clock = new VirtualClock(() => 0);
  const irq0: { tick: number; level: boolean }[] = [];
  const nmi: boolean[] = [];
  const line = { set: (level: boolean) => void irq0.push({ tick: crystal.ticksAt(clock.nowNs()), level }) };
  const pit = new I8254({ name: 'pit', clock, outputs: [line] });
  const port61 = new Port61({
    name: 'port61',
    gate: { set: (level) => pit.setGate(2, level) },
    timer2Out: () => pit.out(2),
    refresh: () => pit.refresh,
    nmi: { set: (level) => void nmi.push(level) },
  });
  const out = (port: number, ...values: number[]) => values.forEach((value) => (port === 0x61 ? port61 : pit).writePort(port, 1, value));
  const inb = (port: number) => (port === 0x61 ? port61 : pit).readPort(port, 1)!;
  const word = (port: number) => inb(port) | (inb(port) << 8);
  const ticks = (count: number) => clock.idleTo(crystal.nsOfTick(crystal.ticksAt(clock.nowNs()) + count));
  const rises = () => irq0.filter((edge, index) => edge.level && !irq0[index - 1]?.level).map((edge) => edge.tick);
  return { clock, pit, port61, out, inb, word, ticks, irq0, rises, nmi };
}

test('mode 2 with count 0, as a BIOS sets the 18.2 Hz tick', () => {
  const { out, word, ticks, rises, clock, pit } = board();
  out(0x43, 0x34);
  out(0x40, 0, 0);
  expect(pit.state.counters[0]).toMatchObject({
    mode: 2,
    rwMode: 3,
    readState: 3,
    writeState: 3,
    writeLatch: 0,
    count: 0x10000,
    gate: true,
  });
  ticks(1);
  expect(word(0x40)).toBe(0);
  ticks(10);
  expect(word(0x40)).toBe(0xfff6);
  const before = clock.nowNs();
  clock.idleTo(before + 1e9);
  expect(rises().slice(1, 4)).toEqual([65_537, 131_073, 196_609]);
  expect(rises().slice(1)).toHaveLength(18);
});

test('an unprogrammed counter is as a domain builder leaves it', () => {
  const { pit, out, inb } = board();
  expect(pit.state.counters[1]).toMatchObject({
    mode: 0xff,
    rwMode: 0,
    readState: 0,
    writeState: 0,
    count: 0x10000,
    bcd: false,
    gate: true,
  });
  out(0x41, 12);
  expect([inb(0x41), pit.state.counters[1]!.count]).toEqual([0, 0x10000]);
});

test('mode 0 counts once: OUT rises N + 1 clocks after the count, and the count wraps on', () => {
  const { out, word, ticks, rises, inb } = board();
  out(0x43, 0x30);
  ticks(5);
  out(0x40, 100, 0);
  ticks(100);
  expect(rises()).toEqual([]);
  expect(word(0x40)).toBe(1);
  ticks(1);
  expect(rises()).toEqual([106]);
  out(0x43, 0xe2);
  expect(inb(0x40) & 0xc0).toBe(0x80);
  ticks(1);
  expect(word(0x40)).toBe(0xffff);
  out(0x40, 7);
  ticks(50);
  expect(rises()).toHaveLength(1);
  out(0x40, 0);
  ticks(8);
  expect(rises()).toEqual([106, 165]);
});

test('the latch command freezes a count until it is read; a second latch is ignored', () => {
  const { out, word, ticks } = board();
  out(0x43, 0x34);
  out(0x40, 0xe8, 0x03);
  ticks(101);
  out(0x43, 0x00);
  ticks(50);
  out(0x43, 0x00);
  ticks(50);
  expect(word(0x40)).toBe(900);
  expect(word(0x40)).toBe(800);
});

test('read-back latches status and count of several counters; status comes first', () => {
  const { out, inb, word, ticks } = board();
  out(0x43, 0x34);
  out(0x40, 0xe8, 0x03);
  out(0x43, 0x54);
  out(0x41, 18);
  out(0x43, 0xc6);
  ticks(5);
  expect(inb(0x40)).toBe(0xf4); // OUT high, not loaded yet, word, mode 2
  expect(inb(0x41)).toBe(0xd4);
  expect(inb(0x41)).toBe(0); // counted from nothing loaded
  word(0x40);
  out(0x43, 0xe2);
  expect(inb(0x40)).toBe(0xb4);
});

test('mode 3 is a square wave counting by two, odd counts high one clock longer', () => {
  const { out, word, inb, ticks, irq0 } = board();
  out(0x43, 0x36);
  out(0x40, 7, 0);
  const counts: number[] = [];
  for (let clock = 0; clock < 8; clock++) {
    ticks(1);
    counts.push(word(0x40));
  }
  expect(counts).toEqual([6, 4, 2, 0, 6, 4, 2, 6]);
  expect(irq0.filter((edge, index) => edge.level !== irq0[index - 1]?.level).map((edge) => edge.tick)).toEqual([0, 5, 8]);
  out(0x43, 0xe2);
  expect(inb(0x40) & 0xbf).toBe(0xb6);
});

test('a new count in modes 2 and 3 waits for the end of the cycle or half', () => {
  const { out, ticks, rises } = board();
  out(0x43, 0x34);
  out(0x40, 100, 0);
  ticks(250);
  out(0x40, 10, 0);
  ticks(71);
  expect(rises()).toEqual([0, 101, 201, 301, 311, 321]);
  const square = board();
  square.out(0x43, 0x36);
  square.out(0x40, 100, 0);
  square.ticks(20);
  square.out(0x40, 20, 0);
  square.ticks(60);
  expect(square.irq0.slice(-3).map((edge) => [edge.tick, edge.level])).toEqual([
    [51, false],
    [61, true],
    [71, false],
  ]);
});

test('BCD: a written 0 is ten thousand', () => {
  const { out, word, ticks } = board();
  out(0x43, 0x35);
  out(0x40, 0, 0);
  ticks(2);
  expect(word(0x40)).toBe(0x9999);
  ticks(9994);
  expect(word(0x40)).toBe(0x0005);
  out(0x40, 0x34, 0x12);
  ticks(6);
  expect(word(0x40)).toBe(0x1233);
});

test('timer 2 through port 61h times a delay, as calibration loops do', () => {
  const { out, inb, ticks } = board();
  out(0x61, 0x01);
  out(0x43, 0xb0);
  out(0x42, 0x9b, 0x2e); // 11931 clocks = 10 ms
  expect(inb(0x61) & 0x21).toBe(0x01);
  ticks(11_931);
  expect(inb(0x61) & 0x20).toBe(0);
  ticks(1);
  expect(inb(0x61) & 0x20).toBe(0x20);
});

test('gate: it holds mode 0, restarts mode 2, and triggers the one-shot of mode 1', () => {
  const { out, inb, ticks, word } = board();
  out(0x61, 0x01);
  out(0x43, 0xb0);
  out(0x42, 100, 0);
  ticks(41);
  out(0x61, 0x00);
  ticks(500);
  expect(word(0x42)).toBe(60);
  out(0x61, 0x01);
  ticks(59);
  expect([inb(0x61) & 0x20, word(0x42)]).toEqual([0, 1]);
  out(0x43, 0xb4);
  out(0x42, 50, 0);
  ticks(30);
  out(0x61, 0x00);
  expect(inb(0x61) & 0x20).toBe(0x20);
  out(0x61, 0x01);
  ticks(2);
  expect(word(0x42)).toBe(49);
  out(0x61, 0x00);
  out(0x43, 0xb2);
  out(0x42, 9, 0);
  expect(inb(0x61) & 0x20).toBe(0x20);
  out(0x61, 0x01);
  ticks(1);
  expect(inb(0x61) & 0x20).toBe(0);
  ticks(9);
  expect(inb(0x61) & 0x20).toBe(0x20);
});

test('modes 4 and 5 strobe low for one clock', () => {
  const { out, inb, ticks } = board();
  out(0x61, 0x01);
  out(0x43, 0xb8);
  out(0x42, 5, 0);
  ticks(5);
  const strobe = [0, 1, 2].map(() => {
    const level = inb(0x61) & 0x20;
    ticks(1);
    return level;
  });
  expect(strobe).toEqual([0x20, 0, 0x20]);
  out(0x43, 0xba);
  out(0x42, 3, 0);
  ticks(10);
  expect(inb(0x61) & 0x20).toBe(0x20);
  out(0x61, 0x00);
  out(0x61, 0x01);
  ticks(4);
  expect(inb(0x61) & 0x20).toBe(0);
});

test('port 61h: the refresh bit toggles, a parity error latches, raises NMI and is cleared by its disable bit', () => {
  const { inb, out, ticks, port61, nmi } = board();
  const seen = new Set<number>();
  for (let read = 0; read < 4; read++) {
    seen.add(inb(0x61) & 0x10);
    ticks(18);
  }
  expect(seen.size).toBe(2);
  port61.iochk.set(true);
  expect([inb(0x61) & 0xc0, nmi.at(-1)]).toEqual([0x40, true]);
  out(0x61, 0x08);
  expect([inb(0x61) & 0xcf, nmi.at(-1)]).toEqual([0x08, false]);
  port61.iochk.set(true);
  expect(nmi.at(-1)).toBe(false);
});
