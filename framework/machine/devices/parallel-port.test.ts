import { VirtualClock } from '../clock/virtual-clock';
import { ParallelPort } from './parallel-port';

function board() {
  const clock = new VirtualClock(() => 0);
  const printed: number[] = [];
  const pin = { level: false, rises: 0 };
  const set = (level: boolean) => {
    if (level && !pin.level) pin.rises++;
    pin.level = level;
  };
  const port = new ParallelPort({ name: 'lpt1', base: 0x378, clock, irq: { set }, print: (byte) => void printed.push(byte) });
  const out = (at: number, value: number) => port.writePort(0x378 + at, 1, value);
  const inb = (at: number) => port.readPort(0x378 + at, 1)!;
  /** As a BIOS does: data, strobe on, strobe off. */
  const strobe = (byte: number) => {
    out(0, byte);
    out(2, inb(2) | 0x01);
    out(2, inb(2) & ~0x01);
  };
  const next = () => {
    clock.advanceTo(clock.nextDeadlineNs());
    clock.fireDue();
  };
  return { port, printed, pin, out, inb, strobe, next };
}

test('firmware finds the port by its data latch, and a printer that is selected, ready and without error', () => {
  const { out, inb, port } = board();
  out(2, inb(2) & 0xdf);
  out(0, 0xaa);
  expect([inb(0), inb(1), inb(2)]).toEqual([0xaa, 0xd8, 0x0c]);
  expect([port.readPort(0x378, 2), port.writePort(0x378, 2, 0), out(1, 0)]).toEqual([undefined, false, true]);
});

test('the strobe prints a byte: busy, then the acknowledge pulse, then ready', () => {
  const { printed, inb, strobe, next } = board();
  strobe(0x41);
  expect([printed, inb(1)]).toEqual([[0x41], 0x58]);
  next();
  expect(inb(1)).toBe(0x98);
  next();
  expect(inb(1)).toBe(0xd8);
});

test('a byte strobed within the acknowledge pulse ends it and is printed', () => {
  const { printed, inb, strobe, next } = board();
  strobe(0x41);
  next();
  strobe(0x42);
  expect([printed, inb(1)]).toEqual([[0x41, 0x42], 0x58]);
  next();
  next();
  expect(inb(1)).toBe(0xd8);
});

test('a byte strobed while the printer is busy is lost, as is one without an edge', () => {
  const { printed, out, strobe, next } = board();
  strobe(0x41);
  strobe(0x42);
  next();
  next();
  out(2, 0x0d);
  next();
  next();
  out(0, 0x43);
  out(2, 0x0d);
  expect(printed).toEqual([0x41, 0x42]);
});

test('the end of the acknowledge pulse interrupts when that is on', () => {
  const { pin, out, strobe, next } = board();
  strobe(0x41);
  next();
  next();
  expect(pin.rises).toBe(0);
  out(2, 0x1c);
  expect(pin.level).toBe(false);
  strobe(0x42);
  next();
  expect(pin.level).toBe(false);
  next();
  expect(pin).toEqual({ level: true, rises: 1 });
  strobe(0x43);
  next();
  next();
  expect(pin.rises).toBe(2);
  out(2, 0x0c);
  expect(pin.level).toBe(false);
});

test('INIT stops the printer, which is ready when it ends', () => {
  const { printed, out, inb, strobe } = board();
  strobe(0x41);
  out(2, 0x08);
  expect(inb(1)).toBe(0x58);
  strobe(0x42);
  out(2, 0x0c);
  expect([inb(1), printed]).toEqual([0xd8, [0x41]]);
});

test('data lines as inputs float, and come back as they were', () => {
  const { out, inb } = board();
  out(0, 0x12);
  out(2, 0x2c);
  expect(inb(0)).toBe(0xff);
  out(2, 0x0c);
  expect(inb(0)).toBe(0x12);
});

test('a snapshot in the middle of a byte has the printer busy', () => {
  const first = board();
  const second = board();
  first.strobe(0x41);
  Object.assign(second.port.state, structuredClone(first.port.state));
  expect([second.inb(0), second.inb(1)]).toEqual([0x41, 0x58]);
});
