import { SystemBus } from '../../bus/system-bus';
import { VirtualClock } from '../../clock/virtual-clock';
import { flatMemory } from './flat-memory.test-support';
import { paint } from './picture';
import { TextScreen } from './text-screen';
import { Vga } from './vga';

function adapter() {
  const clock = new VirtualClock(() => 0);
  const bus = new SystemBus(clock, { wants: () => false, record: () => undefined });
  const bytes = new Uint8Array(0x40_0000);
  const vga = new Vga(clock, flatMemory(bytes));
  bus.addPorts(vga);
  bus.addMmio(vga);
  const out = (port: number, value: number) => bus.writePort(port, 1, value);
  const indexed = (port: number, rows: readonly (readonly number[])[]) => {
    for (const [index, value] of rows) bus.writePort(port, 2, index! | (value! << 8));
  };
  return { clock, bus, vga, bytes, out, indexed };
}

/** Mode 3 as every VGA BIOS programs it. */
function mode3({ out, indexed, bus }: ReturnType<typeof adapter>) {
  out(0x3c2, 0x67);
  indexed(0x3c4, [
    [0, 3],
    [1, 0],
    [2, 3],
    [3, 0],
    [4, 2],
  ]);
  const crtc = [
    0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0, 0x4f, 0x0d, 0x0e, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff,
  ];
  indexed(0x3d4, [[0x11, 0], ...crtc.map((value, index) => [index, value])]);
  indexed(0x3ce, [
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 0],
    [5, 0x10],
    [6, 0x0e],
    [7, 0x0f],
    [8, 0xff],
  ]);
  bus.readPort(0x3da, 1);
  for (let i = 0; i < 16; i++) {
    out(0x3c0, i);
    out(0x3c0, i);
  }
  out(0x3c0, 0x10);
  out(0x3c0, 0x0c);
  out(0x3c0, 0x12);
  out(0x3c0, 0x0f);
  out(0x3c0, 0x20);
}

test('firmware that writes few registers and leaves RAM enable off has its text mode all the same', () => {
  const machine = adapter();
  const { bus, vga, out, indexed } = machine;
  out(0x3c2, 0x01);
  indexed(0x3ce, [
    [5, 0x10],
    [6, 0x0c],
  ]);
  indexed(0x3c4, [
    [4, 0],
    [2, 3],
    [1, 1],
  ]);
  indexed(0x3d4, [
    [9, 15],
    [1, 79],
    [0x13, 40],
    [0x12, 0x90],
    [7, 2],
  ]);
  bus.readPort(0x3da, 1);
  out(0x3c0, 0x20);
  for (const [i, letter] of Array.from('GRUB').entries()) bus.writeMmio(0xb8000 + 2 * i, 2, 0x0700 | letter.charCodeAt(0));
  const lines = new TextScreen(vga.state, vga.vram).lines()!;
  expect([lines.length, lines[0]!.trimEnd()]).toEqual([25, 'GRUB']);
});

test('text written to B8000h is on the 80x25 screen', () => {
  const machine = adapter();
  const text = new TextScreen(machine.vga.state, machine.vga.vram);
  expect(text.lines()).toBeUndefined();
  mode3(machine);
  for (const [i, letter] of Array.from('Hello').entries()) machine.bus.writeMmio(0xb8000 + 2 * (80 + i), 2, 0x0700 | letter.charCodeAt(0));
  machine.bus.writeMmio(0xb8000 + 2 * 90, 1, 0xc9);
  const screen = text.lines()!;
  expect(screen).toHaveLength(25);
  expect(screen[1]).toBe('Hello\0\0\0\0\0╔'.replaceAll('\0', ' '));
  expect(machine.bus.readMmio(0xb8000 + 160, 4)).toBe(0x0765_0748);
  machine.bus.writeMmio(0xb8000 + 160, 1, 0x4a);
  expect(text.lines()![1]).toMatch(/^Jello/);
  machine.indexed(0x3d4, [
    [0x0c, 0],
    [0x0d, 80],
  ]);
  expect(text.lines()![0]).toMatch(/^Jello/);
  expect(machine.bus.readMmio(0xa0000, 1)).toBe(0xff);
});

test('CRTC registers 0-7 are locked by the protect bit, except the line compare bit', () => {
  const machine = adapter();
  mode3(machine);
  machine.indexed(0x3d4, [
    [1, 0x27],
    [7, 0xff],
  ]);
  expect([machine.vga.state.crtc[1], machine.vga.state.crtc[7]]).toEqual([0x4f, 0x1f]);
});

test('fonts go to plane 2 and the picture shows them in the text color', () => {
  const machine = adapter();
  mode3(machine);
  machine.indexed(0x3c4, [
    [2, 4],
    [4, 6],
  ]);
  machine.indexed(0x3ce, [
    [5, 0],
    [6, 4],
  ]);
  machine.bus.writeMmio(0xa0000 + 0x41 * 32, 1, 0x80);
  machine.indexed(0x3c4, [
    [2, 3],
    [4, 2],
  ]);
  machine.indexed(0x3ce, [
    [5, 0x10],
    [6, 0x0e],
  ]);
  machine.bus.writeMmio(0xb8000, 2, 0x1e41);
  machine.out(0x3c8, 1);
  for (const value of [0, 0, 0x2a]) machine.out(0x3c9, value);
  machine.out(0x3c8, 14);
  for (const value of [0x3f, 0x3f, 0x15]) machine.out(0x3c9, value);
  const picture = paint(machine.vga.state, machine.vga.vram)!;
  expect([picture.width, picture.height]).toEqual([720, 400]);
  expect([...picture.rgba.subarray(0, 8)]).toEqual([0xfc, 0xfc, 0x54, 255, 0, 0, 0xa8, 255]);
});

test('in mode 4 the odd lines come from 8 KiB further on, and below the split the picture begins anew', () => {
  const machine = adapter();
  const { vga, bus, indexed, out } = machine;
  mode3(machine);
  indexed(0x3c4, [[1, 9]]);
  const crtc = [
    0x2d, 0x27, 0x28, 0x90, 0x2b, 0x80, 0xbf, 0x0f, 0, 0x81, 0, 0, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x14, 0, 0x96, 0xb9, 0xa2, 199,
  ];
  indexed(0x3d4, [[0x11, 0], ...crtc.map((value, index) => [index, value])]);
  indexed(0x3ce, [
    [5, 0x30],
    [6, 0x0f],
  ]);
  bus.readPort(0x3da, 1);
  for (const value of [0x10, 1, 0x12, 3, 0x20]) out(0x3c0, value);
  out(0x3c8, 2);
  for (const value of [2, 2, 2, 3, 3, 3]) out(0x3c9, value);
  bus.writeMmio(0xb8000, 1, 0xc0);
  bus.writeMmio(0xba000, 1, 0x80);
  const { width, height, rgba } = paint(vga.state, vga.vram)!;
  const red = (x: number, y: number) => rgba[(y * width + x) * 4]!;
  expect([width, height]).toEqual([320, 200]);
  expect([red(0, 0), red(0, 1), red(1, 0), red(0, 2)]).toEqual([12, 8, 0, 0]);
  expect([red(0, 99), red(0, 100), red(0, 101)]).toEqual([0, 12, 8]);
});

test('planar writes: set/reset, logical operation by the latches, write mode 2, read mode 1', () => {
  const { bus, indexed, out } = adapter();
  out(0x3c2, 0x63);
  indexed(0x3c4, [
    [2, 0x0f],
    [4, 6],
  ]);
  indexed(0x3ce, [
    [0, 5],
    [1, 0x0f],
    [3, 0],
    [5, 0],
    [6, 5],
    [8, 0xf0],
  ]);
  bus.writeMmio(0xa0010, 1, 0);
  indexed(0x3ce, [
    [4, 2],
    [1, 0],
  ]);
  expect(bus.readMmio(0xa0010, 1)).toBe(0xf0);
  indexed(0x3ce, [
    [3, 0x18],
    [8, 0xff],
  ]);
  bus.writeMmio(0xa0010, 1, 0xff);
  expect(bus.readMmio(0xa0010, 1)).toBe(0x0f);
  indexed(0x3ce, [
    [3, 0],
    [5, 2],
  ]);
  bus.writeMmio(0xa0010, 1, 0x03);
  indexed(0x3ce, [
    [5, 8],
    [2, 3],
    [7, 0x0f],
  ]);
  expect(bus.readMmio(0xa0010, 1)).toBe(0xff);
  indexed(0x3ce, [[2, 2]]);
  expect(bus.readMmio(0xa0010, 1)).toBe(0);
});

test('vertical retrace comes and goes with virtual time', () => {
  const machine = adapter();
  mode3(machine);
  let edges = 0;
  let last = 0;
  for (let ns = 0; ns < 100_000_000; ns += 20_000) {
    machine.clock.idleTo(machine.clock.nowNs() + 20_000);
    const status = machine.bus.readPort(0x3da, 1) & 8;
    if (status && !last) edges++;
    last = status;
  }
  expect(edges).toBe(7);
});

test('a VBE mode by the DISPI registers: identity, limits, linear pixels', () => {
  const { bus, vga, bytes } = adapter();
  const dispi = (index: number, value: number) => {
    bus.writePort(0x1ce, 2, index);
    bus.writePort(0x1cf, 2, value);
  };
  const read = (index: number) => {
    bus.writePort(0x1ce, 2, index);
    return bus.readPort(0x1cf, 2);
  };
  dispi(0, 0xb0c0);
  expect([read(0), read(10)]).toEqual([0xb0c0, 64]);
  bytes.fill(7, 0, 16);
  for (const [index, value] of [
    [1, 640],
    [2, 480],
    [3, 32],
    [4, 0x41],
  ])
    dispi(index!, value!);
  expect([bytes[0], read(6), read(4)]).toEqual([0, 640, 0x41]);
  bytes.set([1, 2, 3], (640 + 5) * 4);
  const picture = paint(vga.state, vga.vram)!;
  expect([...picture.rgba.subarray((640 + 5) * 4, (640 + 5) * 4 + 4)]).toEqual([3, 2, 1, 255]);
  dispi(4, 0);
  for (const [index, value] of [
    [1, 16000],
    [2, 12000],
    [3, 32],
    [4, 0x41],
  ])
    dispi(index!, value!);
  expect(read(4) & 1).toBe(0);
});

test('the linear frame buffer shows a text cell in four bytes, and mode 13h pixels in a row', () => {
  const machine = adapter();
  mode3(machine);
  machine.bus.writeMmio(0xb8000 + 2, 2, 0x1742);
  expect([...machine.bytes.subarray(4, 8)]).toEqual([0x42, 0x17, 0, 0]);
  machine.indexed(0x3c4, [
    [2, 0x0f],
    [4, 0x0e],
  ]);
  machine.indexed(0x3ce, [
    [5, 0x40],
    [6, 5],
  ]);
  machine.bus.writeMmio(0xa0000 + 321, 1, 0x5a);
  expect([machine.bytes[321], machine.bus.readMmio(0xa0000 + 321, 1)]).toEqual([0x5a, 0x5a]);
});

/** Sequencer 2 and 4, graphics 0-8: [map mask, memory mode, [set/reset, enable, compare, rotate, read map, mode, misc, don't care, bit mask]]. */
const RUNS: readonly (readonly [title: string, mapMask: number, memoryMode: number, graphics: readonly number[], isAtOnce: boolean])[] = [
  ['text', 3, 2, [0, 0, 0, 0, 0, 0x10, 0x0e, 0, 0xff], true],
  ['text with its attributes masked', 1, 2, [0, 0, 0, 0, 0, 0x10, 0x0e, 0, 0xff], true],
  ['planes 2 and 3 by odd and even', 0x0c, 2, [0, 0, 0, 0, 2, 0x10, 0x0e, 0, 0xff], true],
  ['a font', 4, 6, [0, 0, 0, 0, 2, 0, 0x04, 0, 0xff], true],
  ['four planes', 0x0f, 6, [0, 0, 0, 0, 0, 0, 0x05, 0x0f, 0xff], true],
  ['four planes by bit mask', 0x0f, 6, [0, 0, 0, 0, 0, 0, 0x05, 0x0f, 0x3c], false],
  ['set and reset', 0x0f, 6, [5, 3, 0, 0, 0, 0, 0x05, 0x0f, 0xff], false],
  ['rotated', 0x0f, 6, [0, 0, 0, 3, 0, 0, 0x05, 0x0f, 0xff], false],
  ['write mode 2', 0x0f, 6, [0, 0, 0, 0, 0, 2, 0x05, 0x0f, 0xff], false],
  ['chain-4', 0x0f, 0x0e, [0, 0, 0, 0, 0, 0x40, 0x05, 0x0f, 0xff], false],
];

test.each(RUNS)('bytes in a row leave what they leave one by one: %s', (_, mapMask, memoryMode, graphics, isAtOnce) => {
  const first = (graphics[6]! & 0x0c) === 0x0c ? 0xb8010 : 0xa0010;
  const run = Uint8Array.from({ length: 64 }, (__, index) => (index * 37 + 11) & 0xff);
  const [alone, together] = [adapter(), adapter()].map((made) => {
    made.out(0x3c2, 0x67);
    made.indexed(0x3c4, [
      [2, mapMask],
      [4, memoryMode],
    ]);
    made.indexed(
      0x3ce,
      graphics.map((value, index) => [index, value]),
    );
    made.bytes.fill(0x5a, 0, 4096);
    return made;
  });
  run.forEach((value, index) => alone!.bus.writeMmio(first + index, 1, value));
  const done = together!.bus.writeMmioBlock(first, 2, run.length / 2, () => run);
  expect(done).toBe(isAtOnce ? run.length / 2 : 0);
  for (let index = done * 2; index < run.length; index++) together!.bus.writeMmio(first + index, 1, run[index]!);
  expect(Buffer.compare(together!.bytes.subarray(0, 4096), alone!.bytes.subarray(0, 4096))).toBe(0);
});
