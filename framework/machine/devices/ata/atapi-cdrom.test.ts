import { SystemBus } from '../../bus/system-bus';
import { VirtualClock } from '../../clock/virtual-clock';
import { AtapiCdrom } from './atapi-cdrom';
import { IdeBusMaster } from '../ide/bus-master';
import { IdeChannel } from '../ide/ide-channel';

const BLOCKS = 40;

function machine() {
  const clock = new VirtualClock(() => 0);
  const bus = new SystemBus(clock, { wants: () => false, record: () => undefined });
  const image = Uint8Array.from({ length: BLOCKS * 2048 }, (_, index) => index >> 11);
  const disc = { sizeBytes: image.length, read: (offset: number, length: number) => image.slice(offset, offset + length) };
  const memory = { read: (_: number, length: number) => new Uint8Array(length), write: () => undefined };
  const drive = new AtapiCdrom([disc], { model: 'QEMU DVD-ROM', serial: 'QM00003', firmware: '2.5+' });
  const channel = new IdeChannel({
    name: 'ide1',
    commandBase: 0x170,
    controlPort: 0x376,
    drives: [drive, undefined],
    disks: ['hdc', 'hdd'],
    irq: { set: () => undefined },
    clock,
    bus,
    trace: { wants: () => false, record: () => undefined },
    busMaster: new IdeBusMaster(memory).channel(1),
  });
  bus.addPorts(channel);
  const poll = () => {
    for (let i = 0; i < 10_000; i++) {
      clock.fireDue();
      const status = bus.readPort(0x177, 1);
      if (!(status & 0x80)) return status;
    }
    throw new Error('BSY for ever');
  };
  /** A packet and the bytes of its answer; `status` is that of the status phase. */
  const packet = (...bytes: number[]) => {
    bus.writePort(0x171, 1, 0);
    bus.writePort(0x174, 1, 0x00);
    bus.writePort(0x175, 1, 0x08);
    bus.writePort(0x177, 1, 0xa0);
    expect(poll() & 0x09).toBe(0x08);
    expect(bus.readPort(0x172, 1)).toBe(1);
    const padded = [...bytes, ...Array<number>(12 - bytes.length).fill(0)];
    for (let i = 0; i < 12; i += 2) bus.writePort(0x170, 2, padded[i]! | (padded[i + 1]! << 8));
    const data: number[] = [];
    let status = poll();
    while (status & 0x08) {
      const length = bus.readPort(0x174, 1) | (bus.readPort(0x175, 1) << 8);
      for (let i = 0; i < length; i += 2) {
        const word = bus.readPort(0x170, 2);
        data.push(word & 0xff, word >> 8);
      }
      status = poll();
    }
    return { data, status };
  };
  /** Sense key and additional sense code of the last packet. */
  const sense = () => {
    const { data } = packet(0x03, 0, 0, 0, 18);
    return [data[2], data[12]];
  };
  return { drive, bus, poll, packet, sense };
}

test('a packet device shows its signature after reset, refuses IDENTIFY DEVICE, answers IDENTIFY PACKET DEVICE', () => {
  const { bus, poll } = machine();
  bus.writePort(0x376, 1, 0x04);
  bus.writePort(0x376, 1, 0x00);
  expect([poll(), bus.readPort(0x174, 1), bus.readPort(0x175, 1)]).toEqual([0, 0x14, 0xeb]);
  bus.writePort(0x177, 1, 0xec);
  expect(poll() & 1).toBe(1);
  bus.writePort(0x177, 1, 0xa1);
  expect(poll()).toBe(0x58);
  expect(bus.readPort(0x170, 2)).toBe(0x8580);
});

test('unit attention first, then capacity and blocks in pieces of the byte count limit', () => {
  const { packet, bus } = machine();
  expect(packet(0x00).status & 1).toBe(1);
  expect(bus.readPort(0x171, 1) >> 4).toBe(6);
  expect(packet(0x00).status & 1).toBe(0);
  expect(packet(0x25).data).toEqual([0, 0, 0, BLOCKS - 1, 0, 0, 8, 0]);
  const { data, status } = packet(0x28, 0, 0, 0, 0, 5, 0, 0, 2);
  expect([data.length, data[0], data[2048], status]).toEqual([4096, 5, 6, 0x50]);
  expect(packet(0x28, 0, 0, 0, 0, BLOCKS, 0, 0, 1).status & 1).toBe(1);
  const sense = packet(0x03, 0, 0, 0, 18).data;
  expect([sense[2], sense[12]]).toEqual([5, 0x21]);
});

test('a drive without a disc is not ready for what needs one, and says so in events and profile', () => {
  const { drive, packet, sense } = machine();
  packet(0x00);
  drive.insert(-1);
  for (const packetBytes of [[0x00], [0x25], [0x28, 0, 0, 0, 0, 0, 0, 0, 1], [0x43, 0, 0, 0, 0, 0, 0, 0, 12]]) {
    expect(packet(...packetBytes).status & 1).toBe(1);
    expect(sense()).toEqual([2, 0x3a]);
  }
  const event = () => packet(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8).data.slice(4, 6);
  expect([event(), event()]).toEqual([
    [3, 0],
    [0, 0],
  ]);
  expect(packet(0x46, 0, 0, 0, 0, 0, 0, 0, 8).data.slice(6)).toEqual([0, 0]);
  expect(packet(0x12, 0, 0, 0, 36).data[0]).toBe(5);
});

test('a disc that is put in is a unit attention, a media event, and then there', () => {
  const { drive, packet, sense } = machine();
  packet(0x00);
  drive.insert(-1);
  drive.insert(0);
  expect(packet(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8).data.slice(4, 6)).toEqual([2, 2]);
  expect(packet(0x00).status & 1).toBe(1);
  expect(sense()).toEqual([6, 0x28]);
  expect(packet(0x00).status & 1).toBe(0);
  expect(packet(0x28, 0, 0, 0, 0, 5, 0, 0, 1).data[0]).toBe(5);
});
