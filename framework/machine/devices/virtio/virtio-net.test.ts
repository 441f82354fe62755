import { VirtualClock } from '../../clock/virtual-clock';
import { VirtioNet } from './net';
import { VirtioTransport } from './transport';

const [RECEIVE, TRANSMIT] = [0x1_0000, 0x2_0000] as const;
const [AVAILABLE, USED, PACKET] = [0x1000, 0x2000, 0x8000] as const;
const [NEXT, WRITE] = [1, 2] as const;
const FRAME = Uint8Array.from({ length: 60 }, (_, index) => index + 1);

function board(link = true) {
  const bytes = new Uint8Array(0x4_0000);
  const view = new DataView(bytes.buffer);
  const memory = {
    read: (gpa: number, length: number) => bytes.slice(gpa, gpa + length),
    write: (gpa: number, contents: Uint8Array) => bytes.set(contents, gpa),
  };
  const clock = new VirtualClock(() => 0);
  const frames: unknown[][] = [];
  const trace = { wants: () => true, record: (...row: unknown[]) => void frames.push(row) };
  const device = new VirtioTransport({
    name: 'net0',
    clock,
    memory,
    device: new VirtioNet({ name: 'net0', mac: [0x52, 0x54, 0, 1, 2, 3], link, memory, trace }),
    irq: { set: () => undefined },
    messages: { vectors: 3, enabled: false, signal: () => undefined },
  });
  const descriptor = (queue: number, index: number, gpa: number, length: number, flags: number) => {
    view.setBigUint64(queue + 16 * index, BigInt(gpa), true);
    view.setUint32(queue + 16 * index + 8, length, true);
    view.setUint16(queue + 16 * index + 12, flags, true);
    view.setUint16(queue + 16 * index + 14, index + 1, true);
  };
  /** Descriptor 0 of a queue is offered. */
  const kick = (queue: number) => {
    view.setUint16(queue + AVAILABLE + 2, view.getUint16(queue + AVAILABLE + 2, true) + 1, true);
    device.legacy.write(16, 2, queue === TRANSMIT ? 1 : 0);
    clock.advanceTo(clock.nowNs() + 1_000_000);
    clock.fireDue();
  };
  const legacyQueues = () => {
    for (const [index, frame] of [RECEIVE, TRANSMIT].entries()) {
      device.legacy.write(14, 2, index);
      device.legacy.write(8, 4, frame / 0x1000);
    }
  };
  const modern = (offset: number, value: number) => device.common.write(offset, 4, value);
  const modernQueues = () => {
    for (const [at, value] of [[20, 3], [8, 1], [12, 1], [20, 11]] as const) modern(at, value); // prettier-ignore
    for (const [index, base] of [RECEIVE, TRANSMIT].entries())
      for (const [at, value] of [[22, index], [32, base], [40, base + AVAILABLE], [48, base + USED], [28, 1]] as const) modern(at, value); // prettier-ignore
  };
  return { bytes, view, device, frames, descriptor, kick, legacyQueues, modernQueues };
}

const HEX = Array.from(FRAME, (byte) => byte.toString(16).padStart(2, '0')).join('');

test.each<[string, number, (b: ReturnType<typeof board>) => void]>([
  ['from before version 1', 10, ({ legacyQueues }) => legacyQueues()],
  ['of version 1', 12, ({ modernQueues }) => modernQueues()],
])('a driver %s sends a frame, its header apart', (_name, header, start) => {
  const it = board();
  start(it);
  it.bytes.set(FRAME, PACKET + 100);
  it.descriptor(TRANSMIT, 0, PACKET, header, NEXT);
  it.descriptor(TRANSMIT, 1, PACKET + 100, FRAME.length, 0);
  it.kick(TRANSMIT);
  expect(it.frames).toEqual([['frame-sent', 'net0', FRAME.length, HEX]]);
  expect(it.view.getUint16(TRANSMIT + USED + 2, true)).toBe(1);
  expect(it.device.isr.read()).toBe(1);
});

test('buffers to receive into wait, with the cable in and out', () => {
  for (const link of [true, false]) {
    const it = board(link);
    it.legacyQueues();
    it.descriptor(RECEIVE, 0, PACKET, 2048, WRITE);
    it.kick(RECEIVE);
    expect(it.view.getUint16(RECEIVE + USED + 2, true)).toBe(0);
    expect(it.device.legacy.read(20, 4)).toBe(0x0100_5452);
    expect(it.device.legacy.read(26, 2)).toBe(link ? 1 : 0);
  }
});

test('what is sent with the cable out goes nowhere, and comes back as sent', () => {
  const it = board(false);
  it.legacyQueues();
  it.descriptor(TRANSMIT, 0, PACKET, 70, 0);
  it.kick(TRANSMIT);
  expect(it.frames).toEqual([]);
  expect(it.view.getUint16(TRANSMIT + USED + 2, true)).toBe(1);
});

test.each<[string, (b: ReturnType<typeof board>) => void]>([
  ['is all header', ({ descriptor }) => descriptor(TRANSMIT, 0, PACKET, 10, 0)],
  ['is to be written', ({ descriptor }) => descriptor(TRANSMIT, 0, PACKET, 70, WRITE)],
  ['has 4 GiB', ({ descriptor }) => descriptor(TRANSMIT, 0, PACKET, 0xffff_ffff, 0)],
])('a packet that %s stops the device', (_name, build) => {
  const it = board();
  it.legacyQueues();
  build(it);
  it.kick(TRANSMIT);
  expect(it.device.legacy.read(18, 1)).toBe(0x40);
  expect(it.frames).toEqual([]);
});

test('a queue that is not there has no size, and what is written to it goes nowhere', () => {
  const { device } = board();
  device.legacy.write(14, 2, 2);
  device.legacy.write(8, 4, 5);
  device.common.write(28, 2, 1);
  expect([device.legacy.read(12, 2), device.legacy.read(8, 4), device.common.read(24), device.common.read(18)]).toEqual([0, 0, 0, 2]);
});
