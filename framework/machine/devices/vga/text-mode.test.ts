import { VirtualClock } from '../../clock/virtual-clock';
import { flatMemory } from './flat-memory.test-support';
import { textLayout, TextScreen } from './text-screen';
import { setTextMode } from './text-mode';
import { Vga } from './vga';

test('a kernel without a video BIOS before it writes to B8000h, and it is on the screen', () => {
  const memory = flatMemory(new Uint8Array(0x40_0000));
  const vga = new Vga(new VirtualClock(() => 0), memory);
  setTextMode(vga);
  const screen = new TextScreen(vga.state, memory);
  expect(textLayout(vga.state)).toEqual({ columns: 80, rows: 25, cellHeight: 16, pitch: 80, start: 0 });
  expect(screen.lines()).toEqual(Array(25).fill(''));
  expect(vga.readMmio(0xb8f9e, 2)).toBe(0x0720);
  Array.from('OK').forEach((character, index) => vga.writeMmio(0xb8000 + 2 * (80 + index), 2, 0x0f00 | character.charCodeAt(0)));
  expect(screen.lines()![1]).toBe('OK');
  vga.writePort(0x3d4, 1, 0x0c);
  expect(vga.readPort(0x3d5, 1)).toBe(0);
  expect([vga.state.palette.slice(7 * 3, 8 * 3), vga.state.palette.slice(0x14 * 3, 0x15 * 3)]).toEqual([
    [168, 168, 168],
    [168, 84, 0],
  ]);
});
