import { VirtualClock } from '../../clock/virtual-clock';
import { E1000 } from './e1000';
import * as R from './registers';

const MAC = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56];
const TX_RING = 0x1000;
const RX_RING = 0x2000;
const BUFFER = 0x4000;

function board(link = true) {
  const ram = new Uint8Array(0x1_0000);
  const clock = new VirtualClock(() => 0);
  const irq: boolean[] = [];
  const sent: string[] = [];
  const nic = new E1000({
    name: 'net0',
    memory: { read: (gpa, length) => ram.slice(gpa, gpa + length), write: (gpa, bytes) => ram.set(bytes, gpa) },
    clock,
    trace: { wants: () => true, record: (_kind, ...fields) => void sent.push(String(fields[2])) },
    irq: { set: (level) => void irq.push(level) },
    link,
    mac: MAC,
    deviceId: 0x100e,
    subsystem: { vendorId: 0x1af4, id: 0x1100 },
  });
  const read = (register: number): number => nic.read(register, 4) ?? -1;
  const write = (register: number, value: number): void => void nic.write(register, 4, value);
  const phy = (register: number): number => {
    write(R.MDIC, (R.MDIC_READ << 26) | (1 << 21) | (register << 16));
    return read(R.MDIC) & 0xffff;
  };
  /** Rings of eight descriptors, link allowed, both directions on. */
  const open = (): void => {
    write(R.CTRL, R.CTRL_SLU | R.CTRL_FD);
    clock.idleTo(clock.nowNs() + 20e6);
    read(R.ICR);
    write(R.TDBAL, TX_RING);
    write(R.TDBAL + 8, 128);
    write(R.TCTL, R.TCTL_EN | R.TCTL_PSP);
    write(R.RDBAL, RX_RING);
    write(R.RDBAL + 8, 128);
    write(R.RDT, 7);
    write(R.RCTL, R.RCTL_EN | R.RCTL_BAM | R.RCTL_SECRC);
    for (let i = 0; i < 8; i++) new DataView(ram.buffer).setUint32(RX_RING + 16 * i, BUFFER + 0x800 * i, true);
  };
  /** The next transmit descriptor: dwords 0, 2 and 3. */
  const queue = (index: number, address: number, command: number, options: number): void => {
    const view = new DataView(ram.buffer, TX_RING + 16 * index, 16);
    view.setUint32(0, address, true);
    view.setUint32(8, command, true);
    view.setUint32(12, options, true);
  };
  return { nic, ram, clock, irq, sent, read, write, phy, open, queue };
}

/** Bit-bangs one word out of the microwire EEPROM, as drivers of the 82540 do. */
function microwire({ read, write }: ReturnType<typeof board>, address: number): number {
  let pins = R.EECD_REQ;
  const set = (value: number): void => write(R.EECD, (pins = value));
  const clockBit = (bit: number): void => {
    const data = R.EECD_REQ | R.EECD_CS | (bit ? R.EECD_DI : 0);
    set(data);
    set(data | R.EECD_SK);
    set(data);
  };
  set(pins);
  expect(read(R.EECD) & R.EECD_GNT).not.toBe(0);
  for (let bit = 8; bit >= 0; bit--) clockBit(((0b110 << 6) | address) & (1 << bit));
  let word = 0;
  for (let bit = 0; bit < 16; bit++) {
    clockBit(0);
    word = (word << 1) | (read(R.EECD) & R.EECD_DO ? 1 : 0);
  }
  set(0);
  return word;
}

test('the EEPROM gives address and IDs by both ways, and its words add up', () => {
  const machine = board();
  const { read, write } = machine;
  const word = (address: number): number => {
    write(R.EERD, (address << 8) | R.EERD_START);
    expect(read(R.EERD) & R.EERD_DONE).not.toBe(0);
    return read(R.EERD) >>> 16;
  };
  const words = Array.from({ length: 64 }, (_, address) => word(address));
  expect(words.slice(0, 3)).toEqual([0x5452, 0x1200, 0x5634]);
  expect(words.reduce((sum, value) => sum + value) & 0xffff).toBe(0xbaba);
  expect([0, 1, 2, 0x0d].map((address) => microwire(machine, address))).toEqual([0x5452, 0x1200, 0x5634, 0x100e]);
  expect([read(R.RAL), read(R.RAH) >>> 0]).toEqual([0x1200_5452, 0x8000_5634]);
});

test('EE_RST reads the address from the EEPROM again and is seen as 0 by a driver that waits for it', () => {
  const { read, write } = board();
  write(R.RAL, 0);
  write(R.RAH, 0);
  write(R.CTRL_EXT, R.CTRL_EXT_EE_RST | 0x10);
  expect(read(R.CTRL_EXT)).toBe(0x10);
  expect([read(R.RAL), read(R.RAH) >>> 0]).toEqual([0x1200_5452, 0x8000_5634]);
});

test('the transceiver negotiates; the controller sees the link once SLU lets it, and says so', () => {
  const { clock, irq, read, write, phy } = board();
  expect([phy(2), phy(3), phy(1) & 0x24]).toEqual([0x0141, 0x0c20, 0]);
  write(R.IMS, R.CAUSE.LSC);
  clock.idleTo(20e6);
  expect([phy(1) & 0x24, read(R.STATUS) & R.STATUS_LU]).toEqual([0x24, 0]);
  read(R.ICR);
  write(R.CTRL, R.CTRL_SLU | R.CTRL_FD);
  expect([read(R.STATUS) & 0xc3, irq.at(-1)]).toEqual([0x83, true]);
  expect([read(R.ICR) & R.CAUSE.LSC, irq.at(-1)]).toEqual([R.CAUSE.LSC, false]);
  write(R.MDIC, (R.MDIC_READ << 26) | (2 << 21));
  expect(read(R.MDIC) & R.MDIC_ERROR).not.toBe(0);
});

test('without a partner there is never a link, and nothing is sent', () => {
  const { clock, read, sent, write, open, queue } = board(false);
  open();
  queue(0, BUFFER, 60 | (0x09 << 24), 0);
  write(R.TDT, 1);
  clock.idleTo(10e9);
  expect([read(R.STATUS) & R.STATUS_LU, read(R.TDH), sent]).toEqual([0, 0, []]);
});

test('a frame in two buffers goes out once, padded; its descriptor is done and an interrupt comes', () => {
  const { ram, irq, read, write, open, queue, sent } = board();
  open();
  write(R.IMS, R.CAUSE.TXDW);
  ram.set([1, 2, 3, 4, 5, 6, 7, 8], BUFFER);
  queue(0, BUFFER, 4 | (0x02 << 24), 0);
  queue(1, BUFFER + 4, 4 | (0x0b << 24), 0);
  write(R.TDT, 2);
  expect(sent).toEqual(['0102030405060708' + '00'.repeat(52)]);
  expect([ram[TX_RING + 12], ram[TX_RING + 16 + 12], read(R.TDH), irq.at(-1)]).toEqual([0, 1, 2, true]);
  expect([read(R.GPTC), read(R.GPTC)]).toEqual([1, 0]);
});

test('a context descriptor and a data descriptor: the UDP checksum goes where the context says', () => {
  const { ram, open, write, queue, sent } = board();
  open();
  ram.set([0, 0, 0x12, 0x34, 0x00, 0x01], BUFFER);
  const context = new DataView(ram.buffer, TX_RING, 16);
  context.setUint8(4, 2); // from byte 2 on
  context.setUint8(5, 0); // to byte 0
  context.setUint32(8, 0x20 << 24, true);
  queue(1, BUFFER, 6 | (0x1 << 20) | (0x2b << 24), 0x02 << 8);
  write(R.TDT, 2);
  expect(sent[0]?.slice(0, 12)).toBe('edca12340001');
});

test('TCP segmentation: every piece has the header with its own length, number, sequence and flags', () => {
  const { ram, open, write, queue, sent } = board();
  open();
  const header = new Uint8Array(54);
  header.set([0x08, 0x00, 0x45], 12);
  header.set([0x00, 0x10], 18); // identification
  header.set([0x00, 0x00, 0xff, 0xff], 38); // sequence
  header[47] = 0x19; // FIN, PSH, ACK
  ram.set(header, BUFFER);
  ram.fill(0xaa, BUFFER + 54, BUFFER + 54 + 150);
  const context = new DataView(ram.buffer, TX_RING, 16);
  [14, 24, 33, 0, 34, 50].forEach((value, at) => context.setUint8(at, value));
  context.setUint32(8, (150 | (0x27 << 24)) >>> 0, true);
  context.setUint8(13, 54);
  context.setUint16(14, 100, true);
  queue(1, BUFFER, 204 | (0x1 << 20) | (0x2f << 24), 0x03 << 8);
  write(R.TDT, 2);
  const pieces = sent.map((hex) => [hex.length / 2, hex.slice(32, 40), hex.slice(76, 84), hex.slice(94, 96)]);
  expect(pieces).toEqual([
    [154, '008c0010', '0000ffff', '10'],
    [104, '005a0011', '00010063', '19'],
  ]);
});

test('a frame that comes in: broadcast and own address, not another one; too few buffers are an overrun', () => {
  const { nic, ram, read, write, irq, open } = board();
  open();
  write(R.IMS, R.CAUSE.RXT0 | R.CAUSE.RXO);
  const frame = (...destination: number[]): Uint8Array =>
    Uint8Array.from([...destination, ...MAC, 8, 0, ...new Array<number>(50).fill(0x55)]);
  nic.receive(frame(0x52, 0x54, 0, 0, 0, 1));
  expect(read(R.RDH)).toBe(0);
  nic.receive(frame(...MAC));
  nic.receive(frame(0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
  expect([read(R.RDH), ram[RX_RING + 8], ram[RX_RING + 12]! & 3, ram[BUFFER + 0x800], irq.at(-1)]).toEqual([2, 64, 3, 0xff, true]);
  write(R.RDT, 2);
  read(R.ICR);
  nic.receive(frame(...MAC));
  expect([read(R.ICR) & R.CAUSE.RXO, read(R.MPC)]).toEqual([R.CAUSE.RXO, 1]);
});

test('ITR keeps interrupts apart; a software reset leaves the transceiver alone', () => {
  const { clock, irq, read, write, open } = board();
  open();
  write(R.ITR, 1000); // 256 us
  write(R.IMS, R.CAUSE.RXT0);
  write(R.ICS, R.CAUSE.RXT0);
  read(R.ICR);
  write(R.ICS, R.CAUSE.RXT0);
  expect(irq.at(-1)).toBe(false);
  clock.idleTo(clock.nowNs() + 256_000);
  expect(irq.at(-1)).toBe(true);
  write(R.CTRL, R.CTRL_RST);
  expect([read(R.IMS), irq.at(-1), read(R.CTRL)]).toEqual([0, false, R.CTRL_FD]);
  write(R.CTRL, R.CTRL_SLU);
  expect(read(R.STATUS) & R.STATUS_LU).toBe(R.STATUS_LU);
});

test('registers through IOADDR and IODATA are the same; what does not exist is unclaimed', () => {
  const { nic } = board();
  expect(nic.ports.write(0, 4, R.RAL)).toBe(true);
  expect(nic.ports.read(4, 4)).toBe(0x1200_5452);
  expect([nic.read(0x1_0000, 4), nic.read(R.CTRL, 2), nic.write(0x0200, 4, 1)]).toEqual([undefined, undefined, false]);
});
