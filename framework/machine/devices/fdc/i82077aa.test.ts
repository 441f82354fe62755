import { VirtualClock } from '../../clock/virtual-clock';
import { DiskOverlay } from '../disk/overlay';
import { FloppyDrive } from './drive';
import { I82077aa } from './i82077aa';

const SECTORS = 2880;

/** A 1.44 MiB diskette in drive 0 whose sectors hold their number's low byte, one of 720 KiB beside it; no drive 1. The DMA channel takes `room` bytes. */
function board(room = 512) {
  const clock = new VirtualClock(() => 0);
  const source = { sizeBytes: SECTORS * 512, read: (offset: number, length: number) => new Uint8Array(length).fill((offset / 512) & 0xff) };
  const other = { sizeBytes: 720 * 1024, read: (_: number, length: number) => new Uint8Array(length).fill(0xee) };
  const drive = new FloppyDrive('fda-drive', [new DiskOverlay('fda', source), new DiskOverlay('fda-spare1', other)]);
  const dma = { left: room, out: [] as number[], bytes: [] as number[] };
  const pin = { level: false, rises: 0 };
  const moved: [boolean, number][] = [];
  const fdc = new I82077aa({
    name: 'fdc',
    base: 0x3f0,
    clock,
    irq: {
      set: (level) => {
        if (level && !pin.level) pin.rises++;
        pin.level = level;
      },
    },
    dma: {
      request: { set: () => undefined },
      transfer: (bytes) => {
        const count = Math.min(bytes.length, dma.left);
        dma.bytes.push(...bytes.slice(0, count));
        bytes.set(dma.out.splice(0, count));
        dma.left -= count;
        return { moved: count, terminalCount: count > 0 && dma.left === 0, gpa: 0 };
      },
    },
    drives: [drive, undefined],
    transferred: (write, _, lba) => void moved.push([write, lba]),
  });
  const out = (port: number, value: number) => fdc.writePort(0x3f0 + port, 1, value);
  const inb = (port: number) => fdc.readPort(0x3f0 + port, 1)!;
  const pass = () => {
    for (let i = 0; i < 100 && clock.nextDeadlineNs() < Infinity; i++) {
      clock.advanceTo(clock.nextDeadlineNs());
      clock.fireDue();
    }
  };
  const send = (...bytes: number[]) => bytes.forEach((byte) => out(5, byte));
  const results = () => {
    const bytes: number[] = [];
    while ((inb(4) & 0xc0) === 0xc0) bytes.push(inb(5));
    return bytes;
  };
  /** As firmware does: out of reset, four senses, SPECIFY with DMA, rate, motor. */
  const bios = () => {
    out(2, 0x0c);
    for (let i = 0; i < 4; i++) {
      send(0x08);
      results();
    }
    send(0x03, 0xaf, 0x02);
    out(7, 0x00);
    out(2, 0x1c);
  };
  const run = (...bytes: number[]) => {
    send(...bytes);
    pass();
    return results();
  };
  return { fdc, drive, dma, pin, moved, out, inb, pass, send, results, bios, run };
}

test('out of reset the four drives report one after the other', () => {
  const { pin, out, inb, send, results } = board();
  expect(inb(4)).toBe(0);
  out(2, 0x0c);
  expect([pin.level, inb(4)]).toEqual([true, 0x80]);
  const seen = [0, 1, 2, 3, 4].map(() => {
    send(0x08);
    return results();
  });
  expect(seen).toEqual([[0xc0, 0], [0xc1, 0], [0xc2, 0], [0xc3, 0], [0x80]]);
  expect(pin.level).toBe(false);
});

test('recalibrate and seek report through SENSE INTERRUPT; the change line falls with the first step', () => {
  const { pin, inb, pass, send, run, bios } = board();
  bios();
  expect(inb(7)).toBe(0x80);
  send(0x07, 0x00);
  expect(inb(4)).toBe(0x81);
  pass();
  expect(pin.level).toBe(true);
  expect(run(0x08)).toEqual([0x20, 0]);
  expect([pin.level, inb(7)]).toEqual([false, 0]);
  send(0x0f, 0x00, 40);
  pass();
  expect(run(0x08)).toEqual([0x20, 40]);
  expect(run(0x04, 0x04)).toEqual([0x2c]);
});

test('a read by multi-track goes on under the other head until terminal count', () => {
  const { dma, moved, run, bios, pin } = board(3 * 512);
  bios();
  expect(run(0xe6, 0x00, 0, 0, 17, 2, 18, 0x1b, 0xff)).toEqual([0x04, 0, 0, 0, 1, 2, 2]);
  expect(moved.map(([, lba]) => lba)).toEqual([16, 17, 18]);
  expect([dma.bytes[0], dma.bytes[512], dma.bytes[1024]]).toEqual([16, 17, 18]);
  expect(pin.level).toBe(false);
});

test('a read by multi-track with an EOT that no track has goes on at the other side and the next cylinder', () => {
  const { dma, drive, moved, run, bios } = board(40 * 512);
  bios();
  expect(run(0xe6, 0x00, 0, 0, 2, 2, 41, 0x1b, 0xff)).toEqual([0, 0, 0, 1, 0, 6, 2]);
  expect(moved.map(([, lba]) => lba)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect([dma.bytes[16 * 512], dma.bytes[17 * 512], dma.bytes[35 * 512], drive.state.track]).toEqual([17, 18, 36, 0]);
  // The host knows of no step: what it reads next is under the head again, as READ ID tells.
  expect(run(0x4a, 0x00).slice(0, 4)).toEqual([0, 0, 0, 0]);
});

test('without terminal count a command ends abnormally at the end of the cylinder', () => {
  const { run, bios } = board(1 << 16);
  bios();
  expect(run(0x46, 0x00, 0, 0, 18, 2, 18, 0x1b, 0xff)).toEqual([0x40, 0x80, 0, 1, 0, 1, 2]);
});

test.each([
  ['a sector past the track', [0x46, 0x00, 0, 0, 19, 2, 19, 0x1b, 0xff], [0x40, 0x04, 0x00, 0, 0, 19, 2]],
  ['another cylinder than the head is at', [0x46, 0x00, 5, 0, 1, 2, 18, 0x1b, 0xff], [0x40, 0x04, 0x10, 5, 0, 1, 2]],
  ['sectors of another size', [0x46, 0x00, 0, 0, 1, 3, 18, 0x1b, 0xff], [0x40, 0x04, 0x00, 0, 0, 1, 3]],
  ['a DMA channel that is not set up', [0x46, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff], [0x40, 0x10, 0x00, 0, 0, 1, 2]],
])('an error for %s', (_, command, expected) => {
  const { run, bios } = board(0);
  bios();
  expect(run(...command)).toEqual(expected);
});

test('at another data rate than the diskette has there are no address marks', () => {
  const { out, run, bios } = board();
  bios();
  out(7, 0x02);
  expect(run(0x4a, 0x00).slice(0, 3)).toEqual([0x40, 0x01, 0]);
  out(7, 0x00);
  const [st0, st1, , c, h, r, n] = run(0x4a, 0x04);
  expect([st0, st1, c, h, n]).toEqual([0x04, 0, 0, 1, 2]);
  expect(r).toBeGreaterThanOrEqual(1);
});

test('writes stay on the diskette; a deleted mark is seen by a normal read and skipped when asked', () => {
  const { drive, dma, moved, run, bios } = board();
  bios();
  dma.out = new Array<number>(512).fill(0xaa);
  expect(run(0x49, 0x00, 0, 0, 3, 2, 18, 0x1b, 0xff)).toEqual([0, 0, 0, 0, 0, 4, 2]);
  expect([moved, drive.read(2)[511]]).toEqual([[[true, 2]], 0xaa]);
  dma.left = 2048;
  expect(run(0x46, 0x00, 0, 0, 3, 2, 18, 0x1b, 0xff)).toEqual([0, 0, 0x40, 0, 0, 4, 2]);
  dma.left = 512;
  expect(run(0x66, 0x00, 0, 0, 3, 2, 18, 0x1b, 0xff)).toEqual([0, 0, 0x40, 0, 0, 5, 2]);
});

test('FORMAT TRACK fills the sectors whose addresses it is given', () => {
  const { drive, dma, run, bios } = board(18 * 4);
  bios();
  dma.out = Array.from({ length: 18 }, (_, index) => [0, 1, index + 1, 2]).flat();
  expect(run(0x4d, 0x04, 2, 18, 0x54, 0xf6).slice(0, 2)).toEqual([0x04, 0]);
  expect([drive.read(17)[0], drive.read(18)[0], drive.read(35)[511], drive.read(36)[0]]).toEqual([17, 0xf6, 0xf6, 36]);
});

test('without DMA the host moves every byte itself, and interrupts ask it to', () => {
  const { pin, inb, pass, send, bios, results } = board();
  bios();
  send(0x03, 0xaf, 0x03);
  send(0x46, 0x00, 0, 0, 2, 2, 2, 0x1b, 0xff);
  expect(inb(4)).toBe(0x10);
  pass();
  expect([inb(4), pin.level]).toEqual([0xf0, true]);
  const bytes = Array.from({ length: 512 }, () => inb(5));
  expect([bytes[0], bytes[511]]).toEqual([1, 1]);
  expect(results()).toEqual([0x40, 0x80, 0, 1, 0, 1, 2]);
});

test('a drive without a diskette keeps the command until the controller is reset', () => {
  const { out, inb, pass, send, bios, run } = board();
  bios();
  out(2, 0x2d);
  send(0x4a, 0x01);
  pass();
  expect(inb(4)).toBe(0x10);
  send(0x08);
  out(2, 0x08);
  out(2, 0x0c);
  expect(run(0x08)).toEqual([0xc0, 0]);
  out(2, 0x2d);
  send(0x07, 0x01);
  pass();
  for (let i = 0; i < 3; i++) run(0x08);
  expect(run(0x08)).toEqual([0x71, 0]);
});

test('implied seek, LOCK over a reset, DUMPREG, version and what is no command', () => {
  const { drive, out, run, bios } = board();
  bios();
  run(0x13, 0x00, 0x57, 0x21);
  expect(run(0x94)).toEqual([0x10]);
  expect(run(0x46, 0x00, 9, 0, 1, 2, 18, 0x1b, 0xff).slice(0, 2)).toEqual([0, 0]);
  expect([drive.state.track, run(0x0e)]).toEqual([9, [9, 0, 0, 0, 0xaf, 0x02, 18, 0x80, 0x57, 0x21]]);
  out(4, 0x80);
  expect(run(0x0e).slice(7)).toEqual([0x80, 0x07, 0x21]);
  expect([run(0x10), run(0x1f)]).toEqual([[0x90], [0x80]]);
});

test('a snapshot in the middle of a transfer goes on to the same end', () => {
  const first = board();
  first.bios();
  first.send(0x03, 0xaf, 0x03, 0x46, 0x00, 0, 0, 2, 2, 2, 0x1b, 0xff);
  first.pass();
  first.inb(5);
  const second = board();
  Object.assign(second.fdc.state, structuredClone(first.fdc.state));
  const rest = ({ inb, results }: typeof first) => [Array.from({ length: 511 }, () => inb(5)), results()];
  expect(rest(second)).toEqual(rest(first));
});

test.each([
  [1680, 79, 21],
  [1440, 79, 18],
  [830, 82, 10],
  [640, 79, 8],
])('a diskette of %d KiB ends at track %d with sector %d', (kib, track, sector) => {
  const drive = new FloppyDrive('fda-drive', [{ sectors: kib * 2, read: () => new Uint8Array(512), write: () => undefined }]);
  drive.step(track);
  expect([drive.lba(1, sector), drive.lba(1, sector + 1)]).toEqual([kib * 2 - 1, undefined]);
});

test('the change line tells of a diskette taken out, and a step clears it only with one in', () => {
  const { fdc, drive, inb, run, bios } = board();
  bios();
  run(0x0f, 0x00, 3);
  expect(inb(7)).toBe(0);
  drive.insert(-1);
  fdc.inserted();
  expect(inb(7)).toBe(0x80);
  run(0x07, 0x00);
  expect(inb(7)).toBe(0x80);
  drive.insert(0);
  fdc.inserted();
  expect(inb(7)).toBe(0x80);
  run(0x0f, 0x00, 1);
  expect(inb(7)).toBe(0);
});

test('a read of an empty drive waits for index pulses until a diskette comes', () => {
  const { fdc, drive, dma, inb, pass, send, results, bios } = board();
  bios();
  drive.insert(-1);
  send(0x46, 0x00, 0, 0, 1, 2, 18, 0x1b, 0xff);
  pass();
  expect(inb(4) & 0xd0).toBe(0x10);
  drive.insert(0);
  fdc.inserted();
  pass();
  expect([results().slice(0, 3), dma.bytes.length]).toEqual([[0, 0, 0], 512]);
});

test('another diskette has its own size, rate and sectors; the first one keeps what was written to it', () => {
  const { fdc, drive, dma, out, pass, send, results, bios, run } = board(512);
  bios();
  dma.out = Array.from({ length: 512 }, () => 0x5a);
  run(0x45, 0x00, 0, 0, 2, 2, 18, 0x1b, 0xff);
  drive.insert(1);
  fdc.inserted();
  const read = (sector: number) => {
    dma.left = 512;
    dma.bytes = [];
    send(0x46, 0x00, 0, 0, sector, 2, 18, 0x1b, 0xff);
    pass();
    return [results()[0], dma.bytes[0]];
  };
  expect(read(2)).toEqual([0x40, undefined]);
  out(7, 0x02);
  expect([read(2), read(10)[0]]).toEqual([[0, 0xee], 0x40]);
  drive.insert(0);
  out(7, 0x00);
  expect(read(2)).toEqual([0, 0x5a]);
});

test('a drive for 1.2 MiB reads a diskette of 360 KiB at 300 kbit/s, each cylinder from two tracks', () => {
  const store = (sectors: number) => ({ sectors, read: () => new Uint8Array(512), write: () => undefined });
  const drive = new FloppyDrive('fda-drive', [store(2400), store(720)]);
  drive.insert(1);
  drive.step(5);
  expect([drive.driveType, drive.diskette, drive.lba(0, 1)]).toMatchObject([2, { rate: 1, cylinder: 2, tracksPerCylinder: 2 }, 36]);
});

test('a snapshot remembers which diskette is in', () => {
  const first = board();
  const second = board();
  first.drive.insert(1);
  Object.assign(second.drive.state, structuredClone(first.drive.state));
  expect(second.drive.diskette?.format.sectorsPerTrack).toBe(9);
});
