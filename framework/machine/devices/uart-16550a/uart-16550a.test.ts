import { VirtualClock } from '../../clock/virtual-clock';
import { Uart16550a } from './uart-16550a';

const CHARACTER_NS = 86_806; // 10 bits at 115200 baud

function board() {
  const clock = new VirtualClock(() => 0);
  const sent: { byte: number; ns: number }[] = [];
  const irq = { level: false };
  const uart = new Uart16550a({
    name: 'com1',
    clock,
    base: 0x3f8,
    irq: { set: (level) => void (irq.level = level) },
    transmit: (byte) => void sent.push({ byte, ns: clock.nowNs() }),
  });
  const out = (offset: number, value: number) => uart.writePort(0x3f8 + offset, 1, value);
  const inb = (offset: number) => uart.readPort(0x3f8 + offset, 1)!;
  const open = () => {
    out(3, 0x80);
    out(0, 1);
    out(1, 0);
    out(3, 0x03);
  };
  const text = () => String.fromCharCode(...sent.map((entry) => entry.byte));
  return { clock, uart, sent, irq, out, inb, open, text };
}

test('firmware probes: IER keeps four bits, IIR says nothing pending, scratch keeps a byte', () => {
  const { out, inb } = board();
  out(1, 0x02);
  expect([inb(1), inb(2)]).toEqual([0x02, 0x02]);
  expect(inb(2)).toBe(0x01);
  out(1, 0);
  expect(inb(1)).toBe(0);
  out(1, 0xff);
  expect(inb(1)).toBe(0x0f);
  out(7, 0xa5);
  expect([inb(7), inb(5), inb(6) & 0xf0]).toEqual([0xa5, 0x60, 0xb0]);
});

test('polled output: THRE at once while the shifter is free, TEMT when the character has gone', () => {
  const { open, out, inb, clock, sent, text } = board();
  open();
  expect([inb(3), inb(5)]).toEqual([0x03, 0x60]);
  for (const character of 'MBR') {
    while (!(inb(5) & 0x20)) clock.idleTo(clock.nowNs() + 1000);
    out(0, character.charCodeAt(0));
  }
  expect([text(), inb(5) & 0x40]).toEqual(['MB', 0]);
  clock.idleTo(1e6);
  expect([text(), inb(5)]).toEqual(['MBR', 0x60]);
  expect(sent[2]!.ns - sent[1]!.ns).toBeGreaterThanOrEqual(CHARACTER_NS);
});

test('divisor and format make the character time; a divisor reads back', () => {
  const { out, inb, clock, sent } = board();
  out(3, 0x80);
  out(0, 0x60);
  out(1, 0x00);
  expect([inb(0), inb(1)]).toEqual([0x60, 0]);
  out(3, 0x1f); // 8 bits, even parity, 2 stop bits: 12 bits at 1200 baud
  out(2, 0x01);
  out(0, 1);
  out(0, 2);
  clock.idleTo(1e9);
  expect(sent.map((entry) => entry.ns)).toEqual([0, 10_000_000]);
});

test('FIFO output is one interrupt when the FIFO has emptied, cleared by reading IIR', () => {
  const { open, out, inb, clock, irq, text } = board();
  open();
  out(2, 0xc7);
  out(4, 0x0b);
  for (const character of 'sixteen bytes ok') out(0, character.charCodeAt(0));
  expect([inb(5) & 0x20, inb(2)]).toEqual([0, 0xc1]);
  out(1, 0x02);
  expect(irq.level).toBe(false);
  clock.idleTo(16 * CHARACTER_NS);
  expect([text(), irq.level, inb(2), irq.level]).toEqual(['sixteen bytes ok', true, 0xc2, false]);
});

test('a guest that clears MCR gets its interrupts; in loopback none leaves the card', () => {
  const { open, out, inb, irq } = board();
  open();
  out(4, 0);
  out(1, 0x02);
  expect([irq.level, inb(2), irq.level]).toEqual([true, 0x02, false]);
  out(4, 0x10);
  out(1, 0);
  out(1, 0x02);
  expect([irq.level, inb(2)]).toEqual([false, 0x02]);
});

test('received bytes come at the baud rate: trigger level, then timeout, then overrun-free flow control', () => {
  const { open, out, inb, clock, irq, uart } = board();
  open();
  out(2, 0x47); // trigger level 4
  out(4, 0x0b);
  out(1, 0x01);
  uart.receive(Buffer.from('hello'));
  clock.idleTo(3.5 * CHARACTER_NS);
  expect([inb(5) & 1, inb(2), irq.level]).toEqual([1, 0xc1, false]);
  clock.idleTo(5.5 * CHARACTER_NS);
  expect([inb(2), irq.level]).toEqual([0xc4, true]);
  expect([inb(0), inb(0), irq.level]).toEqual([0x68, 0x65, false]);
  clock.idleTo(10 * CHARACTER_NS);
  expect([inb(2), irq.level]).toEqual([0xcc, true]);
  expect([inb(0), inb(0), inb(0), inb(5) & 1, inb(2)]).toEqual([0x6c, 0x6c, 0x6f, 0, 0xc1]);
  uart.receive(new Array<number>(40).fill(0x2e));
  clock.idleTo(clock.nowNs() + 100 * CHARACTER_NS);
  expect(inb(5) & 0x03).toBe(0x01);
  let count = 0;
  for (; inb(5) & 1; count++, clock.idleTo(clock.nowNs() + 2 * CHARACTER_NS)) inb(0);
  expect(count).toBe(40);
});

test('loopback: the modem outputs come back as inputs, data comes back, overrun and break are seen', () => {
  const { open, out, inb, clock, sent, irq } = board();
  open();
  out(1, 0x0f);
  out(4, 0x1e);
  inb(6);
  out(4, 0x1a);
  expect(inb(6)).toBe(0x94); // CTS, DCD, trailing edge of RI
  out(0, 0x5a);
  clock.idleTo(CHARACTER_NS);
  out(0, 0xa5);
  clock.idleTo(2 * CHARACTER_NS);
  expect([inb(2), inb(5) & 0x03, inb(0)]).toEqual([0x06, 0x03, 0xa5]);
  out(3, 0x43);
  expect([inb(5) & 0x11, inb(0), sent, irq.level]).toEqual([0x11, 0, [], false]);
});

test('modem lines: a change is an interrupt until MSR is read', () => {
  const { out, inb, uart, irq } = board();
  out(4, 0x08);
  out(1, 0x08);
  uart.setModemInputs(0x30);
  expect([inb(2), irq.level, inb(6), irq.level]).toEqual([0x00, true, 0x38, false]);
});

test('a guest that never looks at LSR loses no byte and no order, and the host no memory', () => {
  const { open, out, clock, uart, sent } = board();
  open();
  for (let count = 0; count < 1000; count++) out(0, count & 0xff);
  expect(uart.state.txFifo).toHaveLength(1);
  clock.idleTo(1e9);
  expect(sent.map((entry) => entry.byte)).toEqual(Array.from({ length: 1000 }, (_, count) => count & 0xff));
});

test('loopback answers at once even while a character is on the line', () => {
  const { open, out, inb, sent } = board();
  open();
  out(0, 0x21);
  out(4, 0x1e);
  out(0, 0xae);
  expect([inb(5) & 1, inb(0)]).toEqual([1, 0xae]);
  expect(sent).toHaveLength(1);
});

test('a guest with three wires gets what is sent to it; once it has raised RTS, dropping it stops the far end', () => {
  const { open, out, inb, clock, uart } = board();
  open();
  out(4, 0);
  uart.receive(Buffer.from('abc'));
  clock.idleTo(10 * CHARACTER_NS);
  expect([inb(5) & 1, inb(0)]).toEqual([1, 0x61]);
  out(4, 0x02);
  clock.idleTo(20 * CHARACTER_NS);
  expect(inb(0)).toBe(0x62);
  out(4, 0);
  clock.idleTo(30 * CHARACTER_NS);
  expect(inb(5) & 1).toBe(0);
  out(4, 0x02);
  clock.idleTo(40 * CHARACTER_NS);
  expect(inb(0)).toBe(0x63);
});
