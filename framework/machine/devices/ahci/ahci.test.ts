import type { TraceSink } from '../../../trace/sink';
import { VirtualClock } from '../../clock/virtual-clock';
import { AtaDisk } from '../ata/ata-disk';
import { DRIVE_STRINGS, numberedDisk } from '../ata/numbered-disk.test-support';
import { AtapiCdrom } from '../ata/atapi-cdrom';
import { AhciController } from './controller';

const SECTORS = 3000;
const LIST = 0x1000;
const RECEIVED = 0x2000;
const TABLE = 0x3000;
const DATA = 0x8000;
const PORT0 = 0x100;
const PORT1 = 0x180;

/** A disk whose sectors are filled with their own number at port 0, a CD-ROM drive at port 1, nothing at port 2. */
function machine() {
  const clock = new VirtualClock(() => 0);
  const events: unknown[][] = [];
  const trace: TraceSink = { wants: (kind) => kind.startsWith('disk'), record: (...row) => void events.push(row) };
  const ram = Buffer.alloc(0x40000);
  const memory = {
    read: (gpa: number, length: number) => Uint8Array.from(ram.subarray(gpa, gpa + length)),
    write: (gpa: number, bytes: Uint8Array) => ram.set(bytes, gpa),
  };
  const { medium, written } = numberedDisk(SECTORS);
  const disc = { sizeBytes: 64 * 2048, read: (offset: number, length: number) => new Uint8Array(length).fill(offset / 2048) };
  const irqs: boolean[] = [];
  const messages: string[] = [];
  const hba = new AhciController({
    name: 'ahci',
    memory,
    clock,
    trace,
    irq: { set: (level) => irqs.push(level) },
    message: () => messages.push('message'),
    drives: [new AtaDisk(medium, DRIVE_STRINGS), new AtapiCdrom([disc], DRIVE_STRINGS), undefined],
    disks: ['hda', 'hdb', 'hdc'],
  });
  const read = (offset: number) => hba.read(offset, 4)!;
  const write = (offset: number, value: number) => void hba.write(offset, 4, value);
  /** As drivers do: command list and received FIS area, FRE, clear errors, ST. */
  const start = (port: number) => {
    write(port + 0x00, LIST);
    write(port + 0x08, RECEIVED);
    write(port + 0x18, 0x16);
    write(port + 0x30, 0xffff_ffff);
    write(port + 0x10, 0xffff_ffff);
    write(port + 0x18, 0x17);
  };
  /** Puts a command into slot 0, issues it, and waits. */
  const issue = (port: number, fis: readonly number[], pieces: readonly [gpa: number, bytes: number][], flags = 0) => {
    ram.writeUInt32LE((pieces.length << 16) | flags | 5, LIST);
    ram.writeUInt32LE(0, LIST + 4);
    ram.writeUInt32LE(TABLE, LIST + 8);
    ram.fill(0, TABLE, TABLE + 0x40).set(fis, TABLE);
    for (const [index, [gpa, bytes]] of pieces.entries()) {
      ram.fill(0, TABLE + 0x80 + 16 * index, TABLE + 0x90 + 16 * index);
      ram.writeUInt32LE(gpa, TABLE + 0x80 + 16 * index);
      ram.writeUInt32LE(bytes - 1, TABLE + 0x8c + 16 * index);
    }
    write(port + 0x38, 1);
    for (let wait = 0; wait < 100 && clock.nextDeadlineNs() < Infinity; wait++) {
      clock.advanceTo(clock.nextDeadlineNs());
      clock.fireDue();
    }
  };
  return { hba, ram, irqs, messages, events, read, write, start, issue, written };
}

const command = (code: number, lba: number, count: number, features = 0): number[] => [
  0x27,
  0x80,
  code,
  features,
  lba & 0xff,
  (lba >> 8) & 0xff,
  (lba >> 16) & 0xff,
  0x40,
  0,
  0,
  0,
  0,
  count & 0xff,
  count >> 8,
];

test('ports say what is behind them: link, signature, task file', () => {
  const { read, start } = machine();
  expect(read(0x00) & 0x8004_0002).toBe(0x8004_0002 | 0);
  expect([read(0x0c), read(0x04)]).toEqual([7, 0x8000_0000]);
  start(PORT0);
  start(PORT1);
  expect([PORT0, PORT1, 0x200].map((port) => read(port + 0x28))).toEqual([0x113, 0x113, 0]);
  expect([PORT0, PORT1, 0x200].map((port) => read(port + 0x24))).toEqual([0x101, 0xeb14_0101, 0xffff_ffff]);
  expect([read(PORT0 + 0x20) & 0x89, read(0x220)]).toEqual([0, 0x7f]);
});

test('IDENTIFY DEVICE comes as PIO data with a PIO setup FIS', () => {
  const { ram, read, start, issue } = machine();
  start(PORT0);
  issue(PORT0, command(0xec, 0, 0), [[DATA, 512]]);
  expect(read(PORT0 + 0x38)).toBe(0);
  expect(read(PORT0 + 0x10) & 3).toBe(2);
  expect([ram[RECEIVED + 0x20], ram[RECEIVED + 0x2f], ram.readUInt16LE(RECEIVED + 0x30)]).toEqual([0x5f, 0x50, 512]);
  expect(
    Buffer.from(ram.subarray(DATA + 54, DATA + 68))
      .swap16()
      .toString('latin1'),
  ).toBe('QEMU HARDDISK ');
  expect(ram.readUInt32LE(DATA + 120)).toBe(SECTORS);
  expect(ram.readUInt32LE(LIST + 4)).toBe(512);
});

test('READ DMA EXT scatters over the PRD table and interrupts when asked to', () => {
  const { ram, irqs, events, read, write, start, issue } = machine();
  start(PORT0);
  write(0x04, 0x8000_0002);
  write(PORT0 + 0x14, 1);
  issue(PORT0, command(0x25, 7, 3), [
    [DATA, 1024],
    [DATA + 0x2000, 512],
  ]);
  expect([ram[DATA], ram[DATA + 512], ram[DATA + 0x2000], ram[DATA + 0x2000 + 512]]).toEqual([7, 8, 9, 0]);
  expect([ram[RECEIVED + 0x40], ram[RECEIVED + 0x42]! & 0x89, ram.readUInt32LE(LIST + 4)]).toEqual([0x34, 0, 1536]);
  expect(irqs.at(-1)).toBe(true);
  expect([read(0x08), read(PORT0 + 0x10)]).toEqual([1, 1]);
  write(PORT0 + 0x10, 1);
  write(0x08, 1);
  expect(irqs.at(-1)).toBe(false);
  expect(events).toEqual([
    ['disk-read', 'hda', 7, 2, DATA, 'ahci'],
    ['disk-read', 'hda', 9, 1, DATA + 0x2000, 'ahci'],
  ]);
});

test('WRITE DMA EXT and a PIO write reach the medium, FLUSH CACHE EXT ends well', () => {
  const { ram, read, start, issue, written } = machine();
  start(PORT0);
  ram.fill(0xa5, DATA, DATA + 512);
  issue(PORT0, command(0x35, 100, 1), [[DATA, 512]], 0x40);
  ram.fill(0x5a, DATA, DATA + 512);
  issue(PORT0, command(0x34, 101, 1), [[DATA, 512]], 0x40);
  issue(PORT0, command(0xea, 0, 0), []);
  expect([written.get(100)?.[511], written.get(101)?.[0]]).toEqual([0xa5, 0x5a]);
  expect([read(PORT0 + 0x38), read(PORT0 + 0x20) & 0x89]).toEqual([0, 0]);
});

test('a sector that is not there stops the list until ST is cleared', () => {
  const { read, write, start, issue } = machine();
  start(PORT0);
  issue(PORT0, command(0x25, SECTORS, 1), [[DATA, 512]]);
  expect(read(PORT0 + 0x10) & 0x4000_0001).toBe(0x4000_0001);
  expect([read(PORT0 + 0x38), read(PORT0 + 0x20) & 0x1001]).toEqual([1, 0x1001]);
  write(PORT0 + 0x18, 0x16);
  expect([read(PORT0 + 0x38), read(PORT0 + 0x18) & 0x8000]).toEqual([0, 0]);
  start(PORT0);
  issue(PORT0, command(0x25, 1, 1), [[DATA, 512]]);
  expect([read(PORT0 + 0x38), read(PORT0 + 0x10) & 0x4000_0001]).toEqual([0, 1]);
});

test('a PRD table that ends too early is an overflow, and COMRESET brings the port back', () => {
  const { ram, read, write, start, issue } = machine();
  start(PORT0);
  issue(PORT0, command(0x25, 5, 2), [[DATA, 512]]);
  expect([read(PORT0 + 0x10) & 0x0100_0000, read(PORT0 + 0x38)]).toEqual([0x0100_0000, 1]);
  write(PORT0 + 0x18, 0x16);
  write(PORT0 + 0x2c, 1);
  expect(read(PORT0 + 0x28)).toBe(0);
  write(PORT0 + 0x2c, 0);
  expect([read(PORT0 + 0x28), read(PORT0 + 0x30)]).toEqual([0x113, 0x0400_0000]);
  start(PORT0);
  issue(PORT0, command(0x25, 5, 1), [[DATA, 512]]);
  expect([read(PORT0 + 0x38), ram[DATA + 511]]).toEqual([0, 5]);
});

test('PACKET: the first command has UNIT ATTENTION, then READ (10) comes by DMA and REQUEST SENSE by PIO', () => {
  const { ram, events, read, write, start, issue } = machine();
  const packet = (...bytes: number[]) => {
    ram.fill(0, TABLE + 0x40, TABLE + 0x50).set(bytes, TABLE + 0x40);
  };
  start(PORT1);
  packet(0x00);
  issue(PORT1, command(0xa0, 0, 0), [], 0x20);
  expect(read(PORT1 + 0x20)).toBe(0x6051);
  write(PORT1 + 0x18, 0x16);
  start(PORT1);
  packet(0x28, 0, 0, 0, 0, 3, 0, 0, 2);
  issue(PORT1, command(0xa0, 0, 0, 1), [[DATA, 4096]], 0x20);
  expect([ram[DATA], ram[DATA + 4095], read(PORT1 + 0x38)]).toEqual([3, 3, 0]);
  expect(events).toEqual([['disk-read', 'hdb', 12, 8, DATA, 'ahci']]);
  packet(0x03, 0, 0, 0, 18);
  issue(PORT1, command(0xa0, 0x2000, 0), [[DATA, 18]], 0x20);
  expect([ram[DATA], ram[DATA + 2], ram.readUInt32LE(LIST + 4)]).toEqual([0x70, 0, 18]);
});

test('SRST by control FIS gives the signature again', () => {
  const { ram, read, start, issue } = machine();
  start(PORT1);
  ram.fill(0, RECEIVED, RECEIVED + 0x100);
  issue(PORT1, [0x27, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4], []);
  issue(PORT1, [0x27, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], []);
  expect([ram[RECEIVED + 0x40], ram[RECEIVED + 0x45], ram[RECEIVED + 0x46], read(PORT1 + 0x38)]).toEqual([0x34, 0x14, 0xeb, 0]);
});

test('a command under way survives save and restore', () => {
  const one = machine();
  one.start(PORT0);
  const saved = structuredClone(one.hba.state);
  const other = machine();
  Object.assign(other.hba.state, saved);
  other.hba.restored();
  other.issue(PORT0, command(0x25, 9, 1), [[DATA, 512]]);
  expect([other.ram[DATA], other.read(PORT0 + 0x38)]).toEqual([9, 0]);
});

test('a message goes for each interrupt anew, and for ports that are left when others are cleared', () => {
  const { messages, write, start, issue } = machine();
  for (const port of [PORT0, PORT1]) {
    start(port);
    write(port + 0x14, 1);
  }
  write(0x04, 0x8000_0002);
  issue(PORT0, command(0x25, 7, 1), [[DATA, 512]]);
  expect(messages.length).toBe(1);
  issue(PORT0, command(0x25, 8, 1), [[DATA, 512]]);
  expect(messages.length).toBe(1);
  issue(PORT1, command(0xa1, 0, 0), [[DATA, 512]]);
  write(PORT1 + 0x14, 3);
  expect(messages.length).toBe(2);
  write(0x08, 2);
  expect(messages.length).toBe(3);
});
