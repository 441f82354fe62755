import { SystemBus } from '../../bus/system-bus';
import { VirtualClock } from '../../clock/virtual-clock';
import { CfiFlash } from './cfi-flash';

const BASE = 0xffc0_0000;
const BLOCK = 0x1000;

function board(isWritable = true, blocks = 4) {
  const cells = new Uint8Array(blocks * BLOCK).fill(0xff);
  const shown: boolean[] = [];
  const events: unknown[][] = [];
  const trace = { wants: () => false, record: (...event: unknown[]) => void events.push(event) };
  const bus = new SystemBus(new VirtualClock(() => 0), trace);
  const array = {
    sizeBytes: cells.length,
    read: (offset: number, length: number) => cells.slice(offset, offset + length),
    write: (offset: number, bytes: Uint8Array) => cells.set(bytes, offset),
    show: (isDirect: boolean) => void shown.push(isDirect),
  };
  const flash = new CfiFlash({ name: 'flash', baseGpa: BASE, blockBytes: BLOCK, array, trace, writable: () => isWritable });
  bus.addMmio(flash);
  return {
    flash,
    cells,
    shown,
    events,
    read: (offset: number, size: 1 | 2 | 4 = 1) => bus.readMmio(BASE + offset, size),
    write: (offset: number, ...values: number[]) => values.forEach((value) => bus.writeMmio(BASE + offset, 1, value)),
    bus,
  };
}

test('a driver that probes sees a chip, neither RAM nor ROM', () => {
  const { read, write, shown } = board();
  write(0x10, 0x50);
  expect(read(0x10)).toBe(0xff);
  write(0x10, 0x70);
  expect([read(0x10), shown.at(-1)]).toEqual([0, false]);
  write(0x10, 0xff);
  expect([read(0x10), shown.at(-1)]).toEqual([0xff, true]);
});

test.each([0x10, 0x40])('command %p programs one byte: bits go from 1 to 0 only', (command) => {
  const { read, write, cells, events } = board();
  write(0x1234, command, 0x5a);
  expect([read(0x1234), cells[0x1234]]).toEqual([0x80, 0x5a]);
  write(0x1234, command, 0xf0);
  write(0x1234, 0xff);
  expect(read(0x1234)).toBe(0x50);
  expect(events).toEqual([
    ['flash-write', 'flash', 0x1234, 1, 0x5a],
    ['flash-write', 'flash', 0x1234, 1, 0x50],
  ]);
});

test('an erase is confirmed, and takes the whole block', () => {
  const { read, write, cells, events } = board();
  cells.fill(0);
  write(0x1800, 0x20);
  expect(cells[0x1800]).toBe(0);
  write(0x1800, 0xd0);
  expect(read(0)).toBe(0x80);
  expect([cells[0xfff], cells[0x1000], cells[0x1fff], cells[0x2000]]).toEqual([0, 0xff, 0xff, 0]);
  expect(events).toEqual([['flash-erase', 'flash', 0x1000, BLOCK]]);
});

test('an erase that is not confirmed is a sequence error, or nothing when the array is asked for', () => {
  const { read, write, cells } = board();
  cells.fill(0);
  write(0, 0x20, 0x55);
  expect(read(0)).toBe(0xb0);
  write(0, 0x50, 0x20, 0xff);
  expect([read(0), cells[0]]).toEqual([0, 0]);
});

test('a buffered write takes its count, its bytes wherever they go in the block, and a confirmation', () => {
  const { read, write, cells } = board();
  write(0x2000, 0xe8);
  expect(read(0x2000)).toBe(0x80);
  write(0x2000, 2);
  write(0x2002, 0x33);
  write(0x2000, 0x11);
  write(0x2001, 0x22);
  expect(cells[0x2000]).toBe(0xff);
  write(0x2000, 0xd0);
  expect(Array.from(cells.subarray(0x2000, 0x2004))).toEqual([0x11, 0x22, 0x33, 0xff]);
  expect(read(0x2000)).toBe(0x80);
});

test('a write-protected chip refuses and says so in its status', () => {
  const { read, write, cells, events } = board(false);
  cells.fill(0x77);
  write(0, 0x40, 0);
  expect(read(0)).toBe(0x90);
  write(0, 0x50, 0x20, 0xd0);
  expect(read(0)).toBe(0xa0);
  expect([cells[0], events]).toEqual([0x77, []]);
});

test('the query answers with geometry: four blocks of 4 KiB, Intel command set', () => {
  const { read, write } = board();
  write(0x55, 0x98);
  const query = (first: number, length: number): number[] => Array.from({ length }, (_, index) => read(first + index));
  expect(String.fromCharCode(...query(0x10, 3))).toBe('QRY');
  expect(query(0x13, 4)).toEqual([1, 0, 0x31, 0]);
  expect(query(0x27, 10)).toEqual([14, 2, 0, 8, 0, 1, 3, 0, 0x10, 0]);
  expect(String.fromCharCode(...query(0x31, 5))).toBe('PRI10');
  expect(read(0x80)).toBe(0);
  write(0, 0x90);
  expect(read(0)).toBe(0);
});

test('lock commands pass, RESET# leads back to the array and keeps the bytes', () => {
  const { flash, read, write, cells, shown } = board();
  write(0, 0x60, 0xd0);
  expect(read(0)).toBe(0x80);
  write(0, 0x40, 0x12, 0x70);
  flash.reset();
  expect([read(0), cells[0], shown.at(-1)]).toEqual([0x12, 0x12, true]);
  write(0, 0xf0);
  expect(shown).toHaveLength(2);
});

test('wide accesses are one cycle each', () => {
  const { bus, read, cells } = board();
  bus.writeMmio(BASE, 4, 0x40);
  bus.writeMmio(BASE, 4, 0x1234_5678);
  expect(Array.from(cells.subarray(0, 4))).toEqual([0x78, 0x56, 0x34, 0x12]);
  bus.writeMmio(BASE, 1, 0xff);
  expect(read(0, 4)).toBe(0x1234_5678);
});
