import { VirtualClock } from '../../clock/virtual-clock';
import { CirrusVga } from './cirrus';
import { flatMemory } from './flat-memory.test-support';

function adapter(): CirrusVga {
  const cirrus = new CirrusVga(new VirtualClock(() => 0), flatMemory(new Uint8Array(4 << 20)));
  cirrus.writePort(0x3c2, 1, 0x67);
  return cirrus;
}

const indexed = (cirrus: CirrusVga, port: number, index: number, value: number): void => {
  cirrus.writePort(port, 1, index);
  cirrus.writePort(port + 1, 1, value);
};

test('a video BIOS finds the chip: the unlock key reads back, the CRTC names a GD5446', () => {
  const cirrus = adapter();
  indexed(cirrus, 0x3c4, 6, 0x92);
  expect(cirrus.readPort(0x3c5, 1)).toBe(0x12);
  indexed(cirrus, 0x3c4, 6, 0x00);
  expect(cirrus.readPort(0x3c5, 1)).toBe(0x0f);
  indexed(cirrus, 0x3d4, 0x27, 0);
  expect(cirrus.readPort(0x3d5, 1)).toBe(0xb8);
});

test('in a packed-pixel mode the window shows the bank, in 16 KiB steps when asked', () => {
  const cirrus = adapter();
  indexed(cirrus, 0x3c4, 7, 0x01);
  indexed(cirrus, 0x3ce, 0x0b, 0x20);
  indexed(cirrus, 0x3ce, 0x09, 4);
  cirrus.writeMmio(0xa0010, 2, 0xbeef);
  expect([...cirrus.vram.read(0x10010, 2)]).toEqual([0xef, 0xbe]);
  expect(cirrus.readMmio(0xa0010, 2)).toBe(0xbeef);
});

test('the hidden DAC register is behind four reads of 3C6h', () => {
  const cirrus = adapter();
  for (let read = 0; read < 4; read++) cirrus.readPort(0x3c6, 1);
  cirrus.writePort(0x3c6, 1, 0xc5);
  for (let read = 0; read < 4; read++) cirrus.readPort(0x3c6, 1);
  expect(cirrus.readPort(0x3c6, 1)).toBe(0xc5);
  expect(cirrus.readPort(0x3c6, 1)).toBe(0xff);
});
