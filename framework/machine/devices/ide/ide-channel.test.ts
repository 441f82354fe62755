import type { TraceSink } from '../../../trace/sink';
import { SystemBus } from '../../bus/system-bus';
import { VirtualClock } from '../../clock/virtual-clock';
import { AtaDisk } from '../ata/ata-disk';
import { DRIVE_STRINGS, numberedDisk } from '../ata/numbered-disk.test-support';
import { IdeBusMaster } from './bus-master';
import { IdeChannel } from './ide-channel';

const SECTORS = 3000;

/** A primary channel with one disk whose sectors are filled with their own number. */
function machine() {
  const clock = new VirtualClock(() => 0);
  const events: unknown[][] = [];
  const trace: TraceSink = { wants: (kind) => kind.startsWith('disk'), record: (...row) => void events.push(row) };
  const bus = new SystemBus(clock, trace);
  const ram = new Uint8Array(0x40000);
  const memory = {
    read: (gpa: number, length: number) => ram.slice(gpa, gpa + length),
    write: (gpa: number, bytes: Uint8Array) => ram.set(bytes, gpa),
  };
  const { medium, written } = numberedDisk(SECTORS);
  const busMaster = new IdeBusMaster(memory);
  const irqs: boolean[] = [];
  const channel = new IdeChannel({
    name: 'ide0',
    commandBase: 0x1f0,
    controlPort: 0x3f6,
    drives: [new AtaDisk(medium, DRIVE_STRINGS), undefined],
    disks: ['hda', 'hdb'],
    irq: { set: (level) => irqs.push(level) },
    clock,
    bus,
    trace,
    busMaster: busMaster.channel(0),
  });
  bus.addPorts(channel);
  const out = (port: number, value: number) => bus.writePort(port, 1, value);
  const status = () => bus.readPort(0x1f7, 1);
  /** Polls as a driver does; time passes by the cost of the accesses alone. */
  const poll = () => {
    for (let i = 0; i < 100_000; i++) {
      clock.fireDue();
      const value = status();
      if (!(value & 0x80)) return value;
    }
    throw new Error('BSY for ever');
  };
  const words = (count: number) => Array.from({ length: count }, () => bus.readPort(0x1f0, 2));
  const command = (code: number, registers: { count?: number; lba?: number; device?: number }) => {
    const { count = 1, lba = 0, device = 0xe0 } = registers;
    out(0x1f6, device | (lba >> 24));
    out(0x1f2, count);
    out(0x1f3, lba & 0xff);
    out(0x1f4, (lba >> 8) & 0xff);
    out(0x1f5, (lba >> 16) & 0xff);
    out(0x1f7, code);
  };
  return { clock, bus, channel, events, irqs, ram, busMaster, out, status, poll, words, command, written };
}

function text(words: readonly number[]): string {
  return words.map((word) => String.fromCharCode(word >> 8, word & 0xff)).join('');
}

test('detection as firmware does it: reset, read back, IDENTIFY PACKET aborts, IDENTIFY answers', () => {
  const { bus, out, status, poll, words, command } = machine();
  out(0x3f6, 0x0e);
  expect(status()).toBe(0x80);
  out(0x3f6, 0x0a);
  expect(poll()).toBe(0x50);
  out(0x1f6, 0xa0);
  out(0x1f2, 0x55);
  out(0x1f3, 0xaa);
  expect([bus.readPort(0x1f2, 1), bus.readPort(0x1f3, 1)]).toEqual([0x55, 0xaa]);
  command(0xa1, { device: 0xa0 });
  expect(poll()).toBe(0x51);
  command(0xec, { device: 0xa0 });
  expect(poll()).toBe(0x58);
  const data = words(256);
  expect(status()).toBe(0x50);
  expect(text(data.slice(27, 47)).trim()).toBe('QEMU HARDDISK');
  expect(text(data.slice(10, 20)).trim()).toBe('QM00001');
  expect([data[1], data[3], data[6]]).toEqual([2, 16, 63]);
  expect(data[60]! + data[61]! * 0x10000).toBe(SECTORS);
  expect(data[80]! >> 8).toBe(0);
  expect(data[80]! & 0x80).toBe(0x80);
});

test('the absent slave and what it does to a driver: no DRDY, registers do not read back, commands change nothing', () => {
  const { bus, out, status } = machine();
  out(0x1f6, 0xb0);
  expect(status()).toBe(0);
  out(0x1f2, 0x55);
  expect(bus.readPort(0x1f2, 1)).toBe(0);
  out(0x1f7, 0xec);
  expect(status()).toBe(0);
  out(0x1f6, 0xa0);
  expect(status()).toBe(0x50);
});

test('READ SECTORS by PIO: one block and one interrupt a sector, and a trace event with where it went', () => {
  const { bus, channel, clock, irqs, poll, words, command, events } = machine();
  command(0x20, { count: 2, lba: 7 });
  expect(bus.readPort(0x3f6, 1)).toBe(0x80);
  clock.idleTo(clock.nowNs() + 200_000);
  expect(irqs).toEqual([true]);
  expect(poll()).toBe(0x58);
  bus.stringTarget = 0x7c00;
  expect(words(256)).toEqual(Array(256).fill(0x0707));
  clock.idleTo(clock.nowNs() + 10_000);
  expect(irqs).toEqual([true, false, true]);
  bus.stringTarget = 0x7e00;
  words(256);
  bus.stringTarget = undefined;
  expect(events).toEqual([
    ['disk-read', 'hda', 7, 1, 0x7c00, 'ide0'],
    ['disk-read', 'hda', 8, 1, 0x7e00, 'ide0'],
  ]);
  expect(poll()).toBe(0x50);
  expect([bus.readPort(0x1f2, 1), bus.readPort(0x1f3, 1)]).toEqual([0, 8]);
  expect(channel.state.drives[0]?.interrupt).toBe(false);
});

test('CHS after INITIALIZE DEVICE PARAMETERS, and an address past the end', () => {
  const { poll, words, command, bus } = machine();
  command(0x91, { count: 17, device: 0xa3 });
  expect(poll()).toBe(0x50);
  command(0x20, { lba: 0x000205, device: 0xa1 }); // cylinder 2, head 1, sector 5
  expect(poll()).toBe(0x58);
  expect(words(256)[0]).toBe(0x0101 * (((2 * 4 + 1) * 17 + 4) & 0xff));
  command(0x20, { lba: SECTORS - 1, count: 2 });
  expect([poll(), bus.readPort(0x1f1, 1)]).toEqual([0x51, 0x10]);
});

test('WRITE MULTIPLE asks for each block, interrupts after each one, and reads back through 48-bit READ', () => {
  const { bus, clock, out, poll, words, command, irqs, written } = machine();
  command(0xc6, { count: 2 });
  poll();
  command(0xc5, { count: 3, lba: 100 });
  expect(poll()).toBe(0x58);
  const before = irqs.length;
  for (let i = 0; i < 512; i++) bus.writePort(0x1f0, 2, 0x1111);
  expect(poll()).toBe(0x58);
  for (let i = 0; i < 256; i++) bus.writePort(0x1f0, 2, 0x2222);
  expect(poll()).toBe(0x50);
  expect(irqs.slice(before)).toEqual([true, false, true, false]);
  expect([...written.keys()]).toEqual([100, 101, 102]);
  clock.idleTo(clock.nowNs() + 1000);
  out(0x1f6, 0x40);
  for (const [port, value] of [
    [0x1f2, 0],
    [0x1f3, 0],
    [0x1f4, 0],
    [0x1f5, 0],
    [0x1f2, 1],
    [0x1f3, 102],
    [0x1f4, 0],
    [0x1f5, 0],
  ])
    out(port!, value!);
  out(0x1f7, 0x24);
  expect(poll()).toBe(0x58);
  expect(words(256)[0]).toBe(0x2222);
});

test('WRITE SECTORS takes its first block right behind the command, as drivers send it that never look at DRQ', () => {
  const { bus, clock, command, irqs, poll, status, written } = machine();
  command(0x30, { count: 2, lba: 40 });
  for (let i = 0; i < 128; i++) bus.writePort(0x1f0, 4, 0x3333_3333);
  expect(irqs).toEqual([]);
  expect(status()).toBe(0x80);
  clock.idleTo(clock.nowNs() + 10_000);
  expect(irqs).toEqual([true]);
  expect(poll()).toBe(0x58);
  for (let i = 0; i < 128; i++) bus.writePort(0x1f0, 4, 0x4444_4444);
  clock.idleTo(clock.nowNs() + 10_000);
  expect(irqs).toEqual([true, false, true]);
  expect(status()).toBe(0x50);
  expect([written.get(40)![0], written.get(41)![511]]).toEqual([0x33, 0x44]);
});

test('READ DMA scatters by the PRD table and interrupts through the bus master status', () => {
  const { clock, ram, busMaster, events, command, poll, irqs } = machine();
  const view = new DataView(ram.buffer);
  const prd = [
    [0x8000, 1024],
    [0x20000, 512 | 0x8000_0000],
  ];
  for (const [i, [gpa, control]] of prd.entries()) {
    view.setUint32(0x1000 + i * 8, gpa!, true);
    view.setUint32(0x1004 + i * 8, control!, true);
  }
  busMaster.write(4, 4, 0x1000);
  command(0xc8, { count: 3, lba: 20 });
  busMaster.write(0, 1, 0x09);
  expect(busMaster.read(2, 1)).toBe(0x01);
  clock.idleTo(clock.nowNs() + 1_000_000);
  expect(busMaster.read(2, 1)).toBe(0x04);
  expect(irqs).toEqual([true]);
  expect([ram[0x8000], ram[0x8200], ram[0x20000]]).toEqual([20, 21, 22]);
  expect(events).toEqual([
    ['disk-read', 'hda', 20, 2, 0x8000, 'ide0'],
    ['disk-read', 'hda', 22, 1, 0x20000, 'ide0'],
  ]);
  busMaster.write(0, 1, 0);
  busMaster.write(2, 1, 0x04);
  expect([poll(), busMaster.read(2, 1)]).toEqual([0x50, 0]);
});

test('nIEN keeps the interrupt pending; a reset in the middle of a command forgets it', () => {
  const { clock, out, irqs, status, command } = machine();
  out(0x3f6, 0x02);
  command(0xe7, {});
  clock.idleTo(clock.nowNs() + 1_000_000);
  expect(irqs).toEqual([]);
  out(0x3f6, 0x00);
  expect(irqs).toEqual([true]);
  expect(status()).toBe(0x50);
  command(0x20, { lba: 5 });
  out(0x3f6, 0x04);
  out(0x3f6, 0x00);
  clock.idleTo(clock.nowNs() + 1_000_000);
  expect([status(), irqs.at(-1)]).toEqual([0x50, false]);
});

test('an unplugged drive is gone for the guest until the channel is reset', () => {
  const { channel, out, status } = machine();
  channel.unplug(0);
  expect(status()).toBe(0);
  out(0x1f7, 0xec);
  expect(status()).toBe(0);
  channel.reset();
  expect(status()).toBe(0x50);
});
