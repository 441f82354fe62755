import { I8237a } from './i8237a';

function board() {
  const ram = new Uint8Array(1 << 20);
  const started: number[] = [];
  const dma = new I8237a({
    name: 'dma',
    memory: { read: (gpa, length) => ram.slice(gpa, gpa + length), write: (gpa, bytes) => ram.set(bytes, gpa) },
    page: (channel) => (channel === 2 ? 0x01 : 0x03),
    acknowledge: Array.from({ length: 8 }, () => (channel: number) => void started.push(channel)),
  });
  const out = (port: number, ...values: number[]) => values.forEach((value) => dma.writePort(port, 1, value));
  const inb = (port: number) => dma.readPort(port, 1)!;
  /** As firmware resets both controllers and opens the cascade. */
  const bios = () => {
    out(0x0d, 0);
    out(0xda, 0);
    out(0xd6, 0xc0);
    out(0xd4, 0x00);
  };
  return { ram, dma, out, inb, bios, started };
}

test('a floppy read: channel 2 single mode into 1_2000h, 512 bytes, terminal count masks it', () => {
  const { ram, dma, out, inb, bios, started } = board();
  bios();
  out(0x0a, 0x06);
  out(0x0c, 0);
  out(0x04, 0x00, 0x20);
  out(0x05, 0xff, 0x01);
  out(0x0b, 0x46);
  out(0x0a, 0x02);
  expect(started).toEqual([]);
  dma.request(2).set(true);
  expect(started).toEqual([2]);
  expect(dma.transfer(2, new Uint8Array(500).fill(0xaa))).toMatchObject({ moved: 500, terminalCount: false });
  out(0x0c, 0);
  expect([inb(0x05), inb(0x05)]).toEqual([11, 0]);
  expect(dma.transfer(2, new Uint8Array(500).fill(0xbb))).toMatchObject({ moved: 12, terminalCount: true });
  expect([ram[0x1_2000], ram[0x1_21f3], ram[0x1_21f4], ram[0x1_21ff], ram[0x1_2200]]).toEqual([0xaa, 0xaa, 0xbb, 0xbb, 0]);
  expect([inb(0x08), inb(0x08), inb(0x0f)]).toEqual([0x44, 0x40, 0xff]);
  expect(dma.transfer(2, new Uint8Array(1)).moved).toBe(0);
});

test('autoinitialise starts over at terminal count; memory to device, downwards', () => {
  const { ram, dma, out, bios } = board();
  bios();
  ram.set([1, 2, 3, 4], 0x3_0010);
  out(0x0c, 0);
  out(0x06, 0x13, 0x00);
  out(0x07, 0x03, 0x00);
  out(0x0b, 0x7b);
  out(0x0a, 0x03);
  dma.request(3).set(true);
  const bytes = new Uint8Array(4);
  expect(dma.transfer(3, bytes)).toMatchObject({ moved: 4, terminalCount: true });
  expect([Array.from(bytes), dma.state.channels[3]!.address, dma.ready(3)]).toEqual([[4, 3, 2, 1], 0x13, true]);
});

test('the address wraps within its page', () => {
  const { ram, dma, out, bios } = board();
  bios();
  out(0x0c, 0);
  out(0x04, 0xfe, 0xff);
  out(0x05, 0x03, 0x00);
  out(0x0b, 0x46);
  out(0x0a, 0x02);
  dma.request(2).set(true);
  expect(dma.transfer(2, new Uint8Array([1, 2, 3, 4]))).toMatchObject({ moved: 4, terminalCount: true, gpa: 0x1_fffe });
  expect([ram[0x1_fffe], ram[0x1_ffff], ram[0x1_0000], ram[0x1_0001], ram[0x2_0000]]).toEqual([1, 2, 3, 4, 0]);
});

test('word channels address words and ignore bit 0 of their page', () => {
  const { ram, dma, out } = board();
  out(0xd8, 0);
  out(0xc4, 0x00, 0x80);
  out(0xc6, 0x01, 0x00);
  out(0xd6, 0x45);
  out(0xd4, 0x01);
  dma.request(5).set(true);
  expect(dma.transfer(5, new Uint8Array([1, 2, 3, 4, 5, 6]))).toMatchObject({ moved: 4, terminalCount: true });
  expect(Array.from(ram.subarray(0x3_0000, 0x3_0005))).toEqual([1, 2, 3, 4, 0]);
});

test('masked, switched off or without the cascade nothing runs; a software request does', () => {
  const { dma, out, bios } = board();
  dma.request(1).set(true);
  out(0x0a, 0x01);
  expect(dma.ready(1)).toBe(false);
  bios();
  out(0x0a, 0x01);
  expect(dma.ready(1)).toBe(true);
  out(0x08, 0x04);
  expect(dma.ready(1)).toBe(false);
  out(0x08, 0x00);
  dma.request(1).set(false);
  out(0x09, 0x05);
  expect(dma.ready(1)).toBe(true);
  out(0x0f, 0x0f);
  expect(dma.ready(1)).toBe(false);
});
