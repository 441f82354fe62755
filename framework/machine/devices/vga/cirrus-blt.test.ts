import { VirtualClock } from '../../clock/virtual-clock';
import { CirrusVga } from './cirrus';
import { flatMemory } from './flat-memory.test-support';

const BYTES = 4 << 20;
const [SOURCE, DESTINATION] = [0x1_0000, 0x2_0000] as const;
const MODE = { BACKWARDS: 1, HOST: 4, TRANSPARENT: 8, PATTERN: 0x40, EXPAND: 0x80 } as const;
const COPY = 0x0d;
const DEPTHS = [8, 16, 24, 32] as const;
const PIXELS = 5;

interface Blit {
  readonly bpp?: number;
  /** In pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly mode?: number;
  readonly operation?: number;
  readonly extensions?: number;
  readonly source?: number;
  readonly destination?: number;
  readonly pitch?: number;
  readonly skip?: number;
}

function adapter() {
  const memory = new Uint8Array(BYTES);
  let sink: ((size: 1 | 2 | 4, value: number) => void) | undefined;
  const clock = new VirtualClock(() => 0);
  const cirrus = new CirrusVga(clock, { ...flatMemory(memory), intercept: (to) => (sink = to) });
  cirrus.writePort(0x3c2, 1, 0x67);
  const graphics = (index: number, ...values: number[]): void => {
    for (const [offset, value] of values.entries()) {
      cirrus.writePort(0x3ce, 1, index + offset);
      cirrus.writePort(0x3cf, 1, value);
    }
  };
  const status = (): number => {
    cirrus.writePort(0x3ce, 1, 0x31);
    return cirrus.readPort(0x3cf, 1)!;
  };
  const word = (index: number, value: number) => graphics(index, value & 0xff, value >> 8);
  const address = (index: number, value: number) => graphics(index, value & 0xff, (value >> 8) & 0xff, value >> 16);
  const colors = (background: readonly number[], foreground: readonly number[]): void => {
    for (const [byte, index] of [0x00, 0x10, 0x12, 0x14].entries()) graphics(index, background[byte] ?? 0);
    for (const [byte, index] of [0x01, 0x11, 0x13, 0x15].entries()) graphics(index, foreground[byte] ?? 0);
  };
  /** As drivers do: all registers, then START. */
  const blit = (it: Blit): void => {
    const { bpp = 8, width = PIXELS, height = 1, mode = 0, operation = COPY, extensions = 0, pitch = 64 } = it;
    word(0x20, (width * bpp) / 8 - 1);
    word(0x22, height - 1);
    word(0x24, pitch);
    word(0x26, pitch);
    address(0x28, it.destination ?? DESTINATION);
    address(0x2c, it.source ?? SOURCE);
    graphics(0x2f, it.skip ?? 0, mode | ((bpp / 8 - 1) << 4));
    graphics(0x32, operation, extensions);
    graphics(0x31, 0);
    graphics(0x31, 2);
  };
  const at = (offset: number, count: number) => [...memory.subarray(offset, offset + count)];
  return { clock, cirrus, memory, graphics, status, colors, blit, at, host: () => sink };
}

const OPERATIONS: readonly (readonly [code: number, name: string, result: (s: number, d: number) => number])[] = [
  [0x00, '0', () => 0],
  [0x05, 'source and destination', (s, d) => s & d],
  [0x06, 'destination', (_, d) => d],
  [0x09, 'source and not destination', (s, d) => s & (0xff - d)],
  [0x0b, 'not destination', (_, d) => 0xff - d],
  [0x0d, 'source', (s) => s],
  [0x0e, '1', () => 0xff],
  [0x50, 'not source and destination', (s, d) => (0xff - s) & d],
  [0x59, 'source xor destination', (s, d) => s ^ d],
  [0x6d, 'source or destination', (s, d) => s | d],
  [0x90, 'neither', (s, d) => 0xff - (s | d)],
  [0x95, 'as much one as the other', (s, d) => 0xff - (s ^ d)],
  [0xad, 'source or not destination', (s, d) => s | (0xff - d)],
  [0xd0, 'not source', (s) => 0xff - s],
  [0xd6, 'not source or destination', (s, d) => (0xff - s) | d],
  [0xda, 'not both', (s, d) => 0xff - (s & d)],
];

describe.each(DEPTHS)('with %i bits a pixel', (bpp) => {
  const bytes = (PIXELS * bpp) / 8;
  const color = [0x53, 0xac, 0x0f, 0x99].slice(0, bpp / 8);
  const background = [0x21, 0x43, 0x65, 0x87].slice(0, bpp / 8);
  const pixels = (...drawn: (readonly number[] | undefined)[]) => drawn.flatMap((pixel) => pixel ?? Array<number>(bpp / 8).fill(0xee));

  test.each(OPERATIONS)('operation %i is %s', (operation, _name, result) => {
    const { memory, blit, at, status } = adapter();
    const source = Array.from({ length: bytes }, (_, index) => (index * 37 + 0x35) & 0xff);
    const destination = Array.from({ length: bytes }, (_, index) => (index * 91 + 0x1c) & 0xff);
    memory.set(source, SOURCE);
    memory.set([...destination, 0x77], DESTINATION);
    blit({ bpp, operation });
    expect(at(DESTINATION, bytes + 1)).toEqual([...source.map((byte, index) => result(byte, destination[index]!)), 0x77]);
    expect(status()).toBe(0);
  });

  test('a solid fill has the foreground color', () => {
    const { memory, colors, blit, at } = adapter();
    memory.fill(0xee, DESTINATION, DESTINATION + 256);
    colors(background, color);
    blit({ bpp, mode: MODE.PATTERN | MODE.EXPAND, extensions: 4, height: 2 });
    expect([at(DESTINATION, bytes), at(DESTINATION + 64, bytes + 1)]).toEqual([Array(PIXELS).fill(color).flat(), [...Array<number[]>(PIXELS).fill(color).flat(), 0xee]]); // prettier-ignore
  });

  test.each<[string, number, number, (readonly number[] | undefined)[]]>([
    ['two colors', 0, 0, [color, background, color, color, background]],
    ['one color, leaving the rest', MODE.TRANSPARENT, 0, [color, undefined, color, color, undefined]],
    ['the other color, leaving the rest', MODE.TRANSPARENT, 2, [undefined, background, undefined, undefined, background]],
  ])('a font becomes %s', (_name, mode, extensions, expected) => {
    const { memory, colors, blit, at } = adapter();
    memory.fill(0xee, DESTINATION, DESTINATION + 256);
    memory.set([0b1011_0111, 0b0100_1000], SOURCE);
    colors(background, color);
    blit({ bpp, mode: mode | MODE.EXPAND, extensions, height: 2 });
    expect(at(DESTINATION, bytes)).toEqual(pixels(...expected));
    if (mode === 0) expect(at(DESTINATION + 64, bytes)).toEqual(pixels(background, color, background, background, color));
  });

  test('a pattern of 8 by 8 pixels repeats, from the line that the address names', () => {
    const { memory, blit, at } = adapter();
    const room = bpp === 24 ? 4 : bpp / 8;
    for (let line = 0; line < 8; line++) memory.fill(0x10 + line, SOURCE + 8 * room * line, SOURCE + 8 * room * (line + 1));
    memory[SOURCE + 8 * room * 7] = 0x99;
    blit({ bpp, mode: MODE.PATTERN, width: 9, height: 3, source: SOURCE + 6 });
    const row = (line: number, first = 0x10 + line) => [first, ...Array<number>((9 * bpp) / 8 - 1).fill(0x10 + line)];
    const seventh = row(7, 0x99);
    seventh[bpp] = 0x99;
    expect([0, 1, 2].map((line) => at(DESTINATION + 64 * line, (9 * bpp) / 8))).toEqual([row(6), seventh, row(0)]);
  });
});

test('scrolling up and down moves overlapping lines whole', () => {
  const { memory, blit, at } = adapter();
  for (let line = 0; line < 4; line++) memory.fill(line + 1, DESTINATION + 64 * line, DESTINATION + 64 * (line + 1));
  blit({ width: 64, height: 3, source: DESTINATION + 64, destination: DESTINATION });
  expect([0, 1, 2, 3].map((line) => at(DESTINATION + 64 * line + 63, 1)[0])).toEqual([2, 3, 4, 4]);
  blit({ width: 64, height: 3, mode: MODE.BACKWARDS, source: DESTINATION + 64 * 3 - 1, destination: DESTINATION + 64 * 4 - 1 });
  expect([0, 1, 2, 3].map((line) => at(DESTINATION + 64 * line, 1)[0])).toEqual([2, 2, 3, 4]);
});

test('copies leave out results of the key color, of one byte or two', () => {
  const { memory, graphics, blit, at } = adapter();
  memory.set([0x11, 0x22, 0x11, 0x44, 0x11, 0x22], SOURCE);
  memory.fill(0xee, DESTINATION, DESTINATION + 64);
  graphics(0x34, 0x11, 0x22);
  blit({ mode: MODE.TRANSPARENT, width: 6 });
  expect(at(DESTINATION, 6)).toEqual([0xee, 0x22, 0xee, 0x44, 0xee, 0x22]);
  memory.fill(0xee, DESTINATION, DESTINATION + 64);
  blit({ bpp: 16, mode: MODE.TRANSPARENT, width: 3 });
  expect(at(DESTINATION, 6)).toEqual([0xee, 0xee, 0x11, 0x44, 0xee, 0xee]);
});

test('text begins within a byte of the font when pixels are skipped', () => {
  const { memory, colors, blit, at } = adapter();
  memory.fill(0xee, DESTINATION, DESTINATION + 64);
  memory.set([0b0001_1001], SOURCE);
  colors([1], [2]);
  blit({ mode: MODE.EXPAND, width: 8, skip: 3 });
  expect(at(DESTINATION, 8)).toEqual([0xee, 0xee, 0xee, 2, 2, 1, 1, 2]);
});

test('a font from the host is drawn as it comes, through the frame buffer or the window; the engine is busy until then', () => {
  const { cirrus, memory, colors, blit, at, status, host } = adapter();
  colors([1], [2]);
  blit({ mode: MODE.EXPAND | MODE.HOST, width: 10, height: 2, extensions: 1 });
  expect([status() & 9, host() !== undefined]).toEqual([9, true]);
  host()?.(4, 0x0000_40aa);
  expect([at(DESTINATION, 10), at(DESTINATION + 64, 1)]).toEqual([[2, 1, 2, 1, 2, 1, 2, 1, 1, 2], [0]]);
  const saved = structuredClone(cirrus.state);
  Object.assign(cirrus.state, saved);
  cirrus.restored();
  cirrus.writeMmio(0xa0000, 4, 0x0000_80ff);
  expect(at(DESTINATION + 64, 10)).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2, 1]);
  expect([status(), host(), memory[0]]).toEqual([0, undefined, 0]);
});

test('pictures from the host have lines of whole dwords; RESET gives up', () => {
  const { graphics, blit, at, host, status } = adapter();
  blit({ mode: MODE.HOST, width: 3, height: 2 });
  host()?.(4, 0x9933_2211);
  host()?.(2, 0x5544);
  expect([at(DESTINATION, 4), at(DESTINATION + 64, 2)]).toEqual([
    [0x11, 0x22, 0x33, 0],
    [0, 0],
  ]);
  graphics(0x31, 4);
  graphics(0x31, 0);
  expect([status(), host()]).toEqual([0, undefined]);
});

test('with autostart the last byte of the destination starts it, by registers in memory too', () => {
  const { cirrus, memory, graphics, blit, at } = adapter();
  memory.fill(0x5a, SOURCE, SOURCE + 8);
  blit({ width: 4, destination: 0x3_0000 });
  graphics(0x31, 0x80);
  cirrus.bltRegisters.write(0x10, 4, DESTINATION);
  expect(at(DESTINATION, 5)).toEqual([0x5a, 0x5a, 0x5a, 0x5a, 0]);
  cirrus.writePort(0x3c4, 1, 0x17);
  cirrus.writePort(0x3c5, 1, 0x04);
  cirrus.writeMmio(0xb8010, 4, DESTINATION + 16);
  expect([at(DESTINATION + 16, 4), cirrus.readMmio(0xb8008, 2)]).toEqual([[0x5a, 0x5a, 0x5a, 0x5a], 3]);
});

test('a blit over the end of video memory goes on at its start', () => {
  const { memory, blit } = adapter();
  memory.fill(0x5a, SOURCE, SOURCE + 8);
  blit({ width: 4, destination: BYTES - 2 });
  expect([memory[BYTES - 1], memory[0], memory[1], memory[2]]).toEqual([0x5a, 0x5a, 0x5a, 0]);
});

test('the largest blit takes 84 ms: a guest that does nothing else is bounded in time', () => {
  const { clock, blit } = adapter();
  blit({ width: 8192, height: 2048, pitch: 8191 });
  expect(clock.nowNs()).toBe(8192 * 2048 * 5);
});
