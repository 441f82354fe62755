import { I8259aPair } from './pair';

function board() {
  const int: boolean[] = [];
  const pic = new I8259aPair({ set: (level) => void int.push(level) });
  const out = (port: number, ...values: number[]) => values.forEach((value) => pic.writePort(port, 1, value));
  const inb = (port: number) => pic.readPort(port, 1);
  const irq = (n: number, level: boolean) => pic.line(n).set(level);
  const pulse = (n: number) => {
    irq(n, false);
    irq(n, true);
  };
  return { pic, out, inb, irq, pulse, int };
}

/** The sequence of a PC BIOS: vectors 08h and 70h, cascade on IR2, everything masked but the cascade. */
function biosBoard(icw4 = 0x01) {
  const it = board();
  it.out(0x20, 0x11);
  it.out(0xa0, 0x11);
  it.out(0x21, 0x08, 0x04, icw4, 0xfb);
  it.out(0xa1, 0x70, 0x02, 0x01, 0xff);
  return it;
}

test('a BIOS initialises the pair, unmasks IRQ0, takes a tick and ends it', () => {
  const { pic, out, inb, pulse } = biosBoard();
  expect([inb(0x21), inb(0xa1)]).toEqual([0xfb, 0xff]);
  pulse(0);
  expect([pic.int, inb(0x20)]).toEqual([false, 0x01]);
  out(0x21, 0xfa);
  expect(pic.int).toBe(true);
  expect(pic.acknowledge()).toBe(0x08);
  out(0x20, 0x0b);
  expect([pic.int, inb(0x20)]).toEqual([false, 0x01]);
  pulse(0);
  expect(pic.int).toBe(false);
  out(0x20, 0x20);
  expect(pic.int).toBe(true);
});

test('IRQ14 comes through the cascade and needs an EOI at both chips', () => {
  const { pic, out, inb, irq } = biosBoard();
  out(0xa1, 0xbf);
  irq(14, true);
  expect(pic.acknowledge()).toBe(0x76);
  out(0x20, 0x0b);
  out(0xa0, 0x0b);
  expect([inb(0x20), inb(0xa0)]).toEqual([0x04, 0x40]);
  out(0xa0, 0x20);
  out(0x20, 0x20);
  expect([inb(0x20), inb(0xa0), pic.int]).toEqual([0, 0, false]);
});

test('a request that goes away before INTA is a spurious IRQ7, on the slave IRQ15 with IR2 in service', () => {
  const { pic, out, inb, irq } = biosBoard();
  out(0x21, 0x00);
  out(0xa1, 0x00);
  irq(3, true);
  irq(3, false);
  expect([pic.int, pic.acknowledge()]).toEqual([false, 0x0f]);
  out(0x20, 0x0b);
  expect(inb(0x20)).toBe(0);
  irq(9, true);
  expect(pic.int).toBe(true);
  pic.slave.state.irr = 0;
  expect(pic.acknowledge()).toBe(0x77);
  expect(inb(0x20)).toBe(0x04);
});

test('an input held high is one edge; as a level it asks again after EOI', () => {
  const { pic, out, irq, inb } = biosBoard();
  out(0x21, 0x00);
  out(0x4d0, 0xff);
  out(0x4d1, 0xff);
  expect([inb(0x4d0), inb(0x4d1)]).toEqual([0xf8, 0xde]);
  irq(1, true);
  expect(pic.acknowledge()).toBe(0x09);
  out(0x20, 0x20);
  expect(pic.int).toBe(false);
  irq(5, true);
  expect(pic.acknowledge()).toBe(0x0d);
  out(0x20, 0x20);
  expect(pic.int).toBe(true);
  irq(5, false);
  expect(pic.int).toBe(false);
});

test('ELCR as a Xen guest programs it: the cascade counts as level inside, and is hidden from reads', () => {
  const { pic, out, inb } = board();
  expect([pic.master.state.elcr, pic.slave.state.elcr]).toEqual([0x04, 0x00]);
  out(0x4d0, 0x20);
  out(0x4d1, 0x0c);
  expect([pic.master.state.elcr, pic.slave.state.elcr, inb(0x4d0), inb(0x4d1)]).toEqual([0x24, 0x0c, 0x20, 0x0c]);
});

test('priorities: lower levels wait, higher ones interrupt, rotation moves the lowest', () => {
  const { pic, out, pulse } = biosBoard();
  out(0x21, 0x00);
  pulse(4);
  expect(pic.acknowledge()).toBe(0x0c);
  pulse(6);
  expect(pic.int).toBe(false);
  pulse(1);
  expect(pic.acknowledge()).toBe(0x09);
  out(0x20, 0x20); // ends IR1
  expect(pic.int).toBe(false);
  out(0x20, 0xa0); // ends IR4 and makes it lowest: IR5 is highest now
  pulse(3);
  expect(pic.acknowledge()).toBe(0x0e);
  out(0x20, 0x66); // specific EOI
  out(0x20, 0xc2); // IR2 lowest, IR3 highest
  pulse(0);
  expect(pic.acknowledge()).toBe(0x0b);
  out(0x20, 0xe3); // rotate on specific EOI: IR4 highest
  pulse(3);
  expect([pic.acknowledge(), pic.int]).toEqual([0x08, false]);
  out(0x20, 0x20);
  expect(pic.acknowledge()).toBe(0x0b);
});

test('automatic EOI leaves no level in service, and rotates when told to', () => {
  const { pic, out, inb, pulse } = biosBoard(0x03);
  out(0x21, 0x00);
  out(0x20, 0x80);
  pulse(0);
  pulse(1);
  expect([pic.acknowledge(), pic.acknowledge()]).toEqual([0x08, 0x09]);
  out(0x20, 0x0b);
  expect(inb(0x20)).toBe(0);
  pulse(0);
  pulse(5);
  expect([pic.acknowledge(), pic.acknowledge()]).toEqual([0x0d, 0x08]);
});

test('special mask mode lets lower levels in, and a non-specific EOI passes the masked one over', () => {
  const { pic, out, inb, pulse } = biosBoard();
  out(0x21, 0x00);
  pulse(1);
  pic.acknowledge();
  pulse(7);
  expect(pic.int).toBe(false);
  out(0x21, 0x02);
  out(0x20, 0x68);
  expect(pic.acknowledge()).toBe(0x0f);
  out(0x20, 0x20);
  out(0x20, 0x0b);
  expect(inb(0x20)).toBe(0x02);
  out(0x20, 0x61);
  expect(inb(0x20)).toBe(0);
});

test('special fully nested mode: a higher slave level comes through while IR2 is in service', () => {
  const run = (icw4: number) => {
    const { pic, out, irq } = biosBoard(icw4);
    out(0xa1, 0x00);
    irq(12, true);
    expect(pic.acknowledge()).toBe(0x74);
    irq(8, true);
    return pic.int;
  };
  expect([run(0x01), run(0x11)]).toEqual([false, true]);
});

test('the poll command acknowledges by reading', () => {
  const { out, inb, pulse } = biosBoard();
  out(0x21, 0x00);
  out(0x20, 0x0c);
  expect(inb(0x20)).toBe(0x07);
  pulse(4);
  out(0x20, 0x0c);
  expect(inb(0x20)).toBe(0x84);
  out(0x20, 0x0b);
  expect(inb(0x20)).toBe(0x10);
});

test('ICW1 forgets edges, masks and services, but not a level input', () => {
  const { out, inb, pulse, irq, int } = biosBoard();
  out(0x4d0, 0x20);
  pulse(3);
  irq(5, true);
  out(0x20, 0x11);
  expect([inb(0x20), inb(0x21)]).toEqual([0x20, 0x00]);
  out(0x21, 0x08, 0x04);
  expect(int).toEqual([]);
  out(0x21, 0x01);
  expect(int).toEqual([true]);
});
