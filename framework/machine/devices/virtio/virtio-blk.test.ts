import { VirtualClock } from '../../clock/virtual-clock';
import { VirtioBlock } from './block';
import { VirtioTransport } from './transport';

const [TABLE, AVAILABLE, USED] = [0x1000, 0x2000, 0x3000] as const;
const [HEADER, DATA, STATUS] = [0x4000, 0x5000, 0x6000] as const;
const [NEXT, WRITE, INDIRECT] = [1, 2, 4] as const;
const [INDIRECT_BIT, EVENT_INDEX_BIT] = [28, 29] as const;
const COMMAND_NS = 100_000;
const SECTORS = 8;

/** A device over 8 sectors, each filled with its number, and a driver's half of memory. */
function board() {
  const bytes = new Uint8Array(0x1_0000);
  const view = new DataView(bytes.buffer);
  const memory = {
    read: (gpa: number, length: number) => bytes.slice(gpa, gpa + length),
    write: (gpa: number, contents: Uint8Array) => bytes.set(contents.subarray(0, Math.max(0, bytes.length - gpa)), gpa),
  };
  const clock = new VirtualClock(() => 0);
  const events: unknown[][] = [];
  const sectors = Array.from({ length: SECTORS }, (_, lba) => new Uint8Array(512).fill(lba + 1));
  const disk = {
    name: 'vda',
    sectors: SECTORS,
    read: (lba: number, count: number) => Uint8Array.from(sectors.slice(lba, lba + count).flatMap((sector) => [...sector])),
    write: (lba: number, contents: Uint8Array) => void sectors.splice(lba, 1, contents.slice(0, 512)),
  };
  const trace = { wants: () => true, record: (...row: unknown[]) => void events.push(row) };
  let irq = false;
  const messages = {
    vectors: 2,
    enabled: false,
    signalled: [] as number[],
    signal: (vector: number) => void messages.signalled.push(vector),
  };
  const device = new VirtioTransport({
    name: 'virtio-vda',
    clock,
    memory,
    device: new VirtioBlock(disk, memory, trace),
    irq: { set: (level) => (irq = level) },
    messages,
  });
  let offered = 0;
  const descriptor = (index: number, gpa: number, length: number, flags: number, next = 0) => {
    view.setBigUint64(TABLE + 16 * index, BigInt(gpa), true);
    view.setUint32(TABLE + 16 * index + 8, length, true);
    view.setUint16(TABLE + 16 * index + 12, flags, true);
    view.setUint16(TABLE + 16 * index + 14, next, true);
  };
  const offer = (head: number) => {
    view.setUint16(AVAILABLE + 4 + 2 * (offered % 256), head, true);
    view.setUint16(AVAILABLE + 2, ++offered, true);
    device.notification.write();
    clock.advanceTo(clock.nowNs() + COMMAND_NS);
    clock.fireDue();
  };
  /** A request of the usual three descriptors. */
  const request = (type: number, sector: number, length: number) => {
    view.setUint32(HEADER, type, true);
    view.setBigUint64(HEADER + 8, BigInt(sector), true);
    bytes[STATUS] = 0xff;
    descriptor(0, HEADER, 16, NEXT, 1);
    descriptor(1, DATA, length, NEXT | (type === 1 ? 0 : WRITE), 2);
    descriptor(2, STATUS, 1, WRITE);
    offer(0);
    return bytes[STATUS];
  };
  const common = (offset: number, value: number) => device.common.write(offset, 4, value);
  const start = (features = 0) => {
    common(20, 3);
    common(8, 0);
    common(12, features);
    common(8, 1);
    common(12, 1);
    common(20, 11);
    for (const [at, value] of [[22, 0], [32, TABLE], [40, AVAILABLE], [48, USED], [28, 1], [20, 15]] as const) common(at, value); // prettier-ignore
  };
  const used = () => ({ index: view.getUint16(USED + 2, true), written: view.getUint32(USED + 8, true) });
  return { bytes, device, descriptor, offer, request, start, used, common, irq: () => irq, events, sectors, messages, view };
}

test('a driver negotiates version 1, reads a sector and is interrupted', () => {
  const { device, request, start, used, irq, bytes, events } = board();
  start();
  expect(device.common.read(20)).toBe(15);
  expect(request(0, 3, 512)).toBe(0);
  expect([bytes[DATA], bytes[DATA + 511], bytes[DATA + 512]]).toEqual([4, 4, 0]);
  expect(used()).toEqual({ index: 1, written: 513 });
  expect(irq()).toBe(true);
  expect(device.isr.read()).toBe(1);
  expect(irq()).toBe(false);
  expect(events).toEqual([['disk-read', 'vda', 3, 1, DATA, 'virtio-blk']]);
});

test('what is written is read again', () => {
  const { request, start, bytes, sectors } = board();
  start();
  bytes.fill(0x77, DATA, DATA + 512);
  expect(request(1, 5, 512)).toBe(0);
  expect(sectors[5]![511]).toBe(0x77);
});

test('a driver from before version 1 finds the same queue by its page', () => {
  const { device, descriptor, bytes } = board();
  expect(device.legacy.read(12, 2)).toBe(256);
  device.legacy.write(18, 1, 3);
  device.legacy.write(8, 4, TABLE / 0x1000);
  expect(device.legacy.read(8, 4)).toBe(TABLE / 0x1000);
  expect([device.legacy.read(20, 4), device.legacy.read(24, 4)]).toEqual([SECTORS, 0]);
  expect(device.state.queues[0]).toMatchObject({ descriptors: TABLE, available: TABLE + 0x1000, used: TABLE + 0x2000 });
  descriptor(0, HEADER, 16, 0);
  expect(bytes[TABLE + 8]).toBe(16);
});

test.each<[string, number, number, number, number]>([
  ['past the end of the disk', 0, 7, 1024, 1],
  ['at sector 2^40', 0, 2 ** 40, 512, 1],
  ['of half a sector', 0, 0, 256, 1],
  ['of a kind that is not offered', 11, 0, 512, 2],
])('a request %s fails with a status', (_name, type, sector, length, status) => {
  const { request, start } = board();
  start();
  expect(request(type, sector, length)).toBe(status);
});

test.each<[string, (b: ReturnType<typeof board>) => void]>([
  ['goes in circles', ({ descriptor }) => descriptor(0, HEADER, 16, NEXT, 0)],
  ['leaves the table', ({ descriptor }) => descriptor(0, HEADER, 16, NEXT, 300)],
  ['has no place for a status', ({ descriptor }) => descriptor(0, HEADER, 16, 0)],
  ['wants 4 GiB', ({ descriptor }) => { descriptor(0, HEADER, 16, NEXT, 1); descriptor(1, DATA, 0xffff_ffff, WRITE); }], // prettier-ignore
])('a chain that %s stops the device until it is reset', (_name, build) => {
  const it = board();
  it.start();
  build(it);
  it.offer(0);
  expect(it.device.common.read(20) & 0x40).toBe(0x40);
  expect(it.device.isr.read()).toBe(2);
  expect(it.used().index).toBe(0);
  it.common(20, 0);
  expect(it.device.common.read(20)).toBe(0);
});

test('features that were not offered are not accepted', () => {
  const { device, common } = board();
  common(8, 0);
  common(12, 1 << 30);
  common(20, 11);
  expect(device.common.read(20)).toBe(3);
});

const INDIRECT_TABLE = 0x7000;

/** The usual request's descriptors in a table of their own. */
function indirectRead(it: ReturnType<typeof board>): void {
  it.view.setBigUint64(HEADER + 8, 2n, true);
  const rows = [[HEADER, 16, NEXT], [DATA, 512, NEXT | WRITE], [STATUS, 1, WRITE]] as const; // prettier-ignore
  for (const [index, [gpa, length, flags]] of rows.entries())
    it.descriptor((INDIRECT_TABLE - TABLE) / 16 + index, gpa, length, flags, index + 1);
}

test('a driver that negotiated indirect descriptors puts a request into a table of its own', () => {
  const it = board();
  it.start(1 << INDIRECT_BIT);
  indirectRead(it);
  it.descriptor(0, INDIRECT_TABLE, 48, INDIRECT);
  it.offer(0);
  expect(it.used()).toEqual({ index: 1, written: 513 });
  expect([it.bytes[DATA], it.bytes[STATUS]]).toEqual([3, 0]);
});

test.each<[string, number, (b: ReturnType<typeof board>) => void]>([
  ['that was not negotiated', 0, ({ descriptor }) => descriptor(0, INDIRECT_TABLE, 48, INDIRECT)],
  ['that goes on behind itself', 1 << INDIRECT_BIT, ({ descriptor }) => descriptor(0, INDIRECT_TABLE, 48, INDIRECT | NEXT, 1)],
  ['of half a descriptor', 1 << INDIRECT_BIT, ({ descriptor }) => descriptor(0, INDIRECT_TABLE, 40, INDIRECT)],
  ['without any', 1 << INDIRECT_BIT, ({ descriptor }) => descriptor(0, INDIRECT_TABLE, 0, INDIRECT)],
  ['in another one', 1 << INDIRECT_BIT, ({ descriptor }) => { descriptor(0, INDIRECT_TABLE, 16, INDIRECT); descriptor((INDIRECT_TABLE - TABLE) / 16, INDIRECT_TABLE, 16, INDIRECT); }], // prettier-ignore
  ['in a circle', 1 << INDIRECT_BIT, ({ descriptor }) => { descriptor(0, INDIRECT_TABLE, 16, INDIRECT); descriptor((INDIRECT_TABLE - TABLE) / 16, HEADER, 16, NEXT, 0); }], // prettier-ignore
])('an indirect table %s stops the device', (_name, features, build) => {
  const it = board();
  it.start(features);
  indirectRead(it);
  build(it);
  it.offer(0);
  expect(it.device.common.read(20) & 0x40).toBe(0x40);
});

test('with event indexes an interrupt comes for the chain that the driver names, and the device asks for the next one', () => {
  const it = board();
  it.start(1 << EVENT_INDEX_BIT);
  const usedEvent = AVAILABLE + 4 + 2 * 256;
  const availableEvent = USED + 4 + 8 * 256;
  it.view.setUint16(AVAILABLE, 1, true); // "no interrupts" has no meaning now
  it.view.setUint16(usedEvent, 1, true);
  it.request(0, 0, 512);
  expect([it.irq(), it.view.getUint16(availableEvent, true)]).toEqual([false, 1]);
  it.request(0, 1, 512);
  expect([it.irq(), it.view.getUint16(availableEvent, true)]).toEqual([true, 2]);
});

test('with MSI-X a queue signals its vector, configuration changes theirs, and the pin stays low', () => {
  const it = board();
  it.messages.enabled = true;
  it.start();
  it.common(16, 0);
  it.common(26, 1);
  expect([it.device.common.read(16), it.device.common.read(26)]).toEqual([0, 1]);
  it.request(0, 3, 512);
  expect([it.messages.signalled, it.irq(), it.device.isr.read()]).toEqual([[1], false, 0]);
  it.descriptor(0, HEADER, 16, NEXT, 300);
  it.offer(0);
  expect([it.messages.signalled, it.irq(), it.device.isr.read()]).toEqual([[1, 0], false, 2]);
});

test('a vector that the table does not have reads back as none', () => {
  const it = board();
  it.messages.enabled = true;
  it.common(16, 2);
  it.common(26, 7);
  expect([it.device.common.read(16), it.device.common.read(26)]).toEqual([0xffff, 0xffff]);
});

test('legacy registers have the vectors before the configuration while MSI-X is enabled', () => {
  const it = board();
  it.messages.enabled = true;
  it.device.legacy.write(20, 2, 0);
  it.device.legacy.write(22, 2, 1);
  expect([it.device.legacy.read(20, 2), it.device.legacy.read(22, 2), it.device.legacy.read(24, 4)]).toEqual([0, 1, SECTORS]);
  it.messages.enabled = false;
  expect(it.device.legacy.read(20, 4)).toBe(SECTORS);
});
