/** Mode 3 as a video BIOS leaves it: 80 by 25 characters of 9 by 16 dots, 720 by 400 at 70 Hz (IBM VGA technical reference). */
import { ATTRIBUTE_SHOW, MISC_COLOR, MISC_RAM_ENABLE } from './state';
import type { Vga } from './vga';

export const TEXT_COLUMNS = 80;
export const TEXT_ROWS = 25;
const CELL_HEIGHT = 16;
const BLANK_CELL = [0x20, 0x07] as const;
const TEXT_MEMORY = 0xb_8000;

const MISC = 0x3c2;
const SEQUENCER = 0x3c4;
const DAC_MASK = 0x3c6;
const DAC_WRITE = 0x3c8;
const DAC_DATA = 0x3c9;
const GRAPHICS = 0x3ce;
const CRTC = 0x3d4;
const STATUS_1 = 0x3da;
const ATTRIBUTE = 0x3c0;

/** 28.322 MHz, odd pages high, negative horizontal and positive vertical sync. */
const MISC_TEXT = 0x64 | MISC_COLOR | MISC_RAM_ENABLE;
const PLANES_0_1 = 0x03;
const ODD_EVEN_EXTENDED = 0x02;
const LINES = TEXT_ROWS * CELL_HEIGHT;
const LINES_TOTAL = 449;
const RETRACE_LINE = 412;
const CRTC_UNLOCKED = 0x0e;
/** Bits 8 and 9 of total, display end, retrace start, blank start and line compare. */
const OVERFLOW = 0x1f;

const CRTC_TEXT: readonly number[] = [
  100 - 5, // characters in a line, the retrace's among them
  TEXT_COLUMNS - 1,
  TEXT_COLUMNS,
  0x80 | 2,
  85,
  0x80 | 1,
  (LINES_TOTAL - 2) & 0xff,
  OVERFLOW,
  0,
  0x40 | (CELL_HEIGHT - 1),
  CELL_HEIGHT - 3, // the cursor is two lines
  CELL_HEIGHT - 2,
  ...[0, 0, 0, 0], // start, cursor
  RETRACE_LINE & 0xff,
  CRTC_UNLOCKED | 0x80,
  (LINES - 1) & 0xff,
  TEXT_COLUMNS / 2,
  0x10 | (CELL_HEIGHT - 1),
  (LINES + 6) & 0xff,
  (LINES_TOTAL - 8) & 0xff,
  0xa3, // word addresses, both CGA bits on
  0xff,
];
const GRAPHICS_TEXT: readonly number[] = [0, 0, 0, 0, 0, 0x10, 0x0e, 0, 0xff];
const ATTRIBUTE_TEXT: readonly number[] = [0x0c, 0, 0x0f, 8, 0];

/** Programs the adapter by its ports, and blanks the screen. No font is loaded. */
export function setTextMode(vga: Pick<Vga, 'readRegister' | 'writeRegister' | 'writeMmioBlock'>): void {
  const write = (port: number, value: number): void => void vga.writeRegister(port, value);
  const indexed = (port: number, index: number, value: number): void => {
    write(port, index);
    write(port + 1, value);
  };
  write(MISC, MISC_TEXT);
  [0x03, 0x00, PLANES_0_1, 0x00, ODD_EVEN_EXTENDED].forEach((value, index) => indexed(SEQUENCER, index, value));
  indexed(CRTC, 0x11, CRTC_UNLOCKED);
  CRTC_TEXT.forEach((value, index) => indexed(CRTC, index, value));
  GRAPHICS_TEXT.forEach((value, index) => indexed(GRAPHICS, index, value));
  vga.readRegister(STATUS_1);
  const attribute = (index: number, value: number): void => {
    write(ATTRIBUTE, index);
    write(ATTRIBUTE, value);
  };
  for (let color = 0; color < 16; color++) attribute(color, egaColor(color));
  ATTRIBUTE_TEXT.forEach((value, index) => attribute(0x10 + index, value));
  write(ATTRIBUTE, ATTRIBUTE_SHOW);
  setPalette(write);
  const screen = new Uint8Array(TEXT_COLUMNS * TEXT_ROWS * BLANK_CELL.length);
  for (let at = 0; at < screen.length; at += BLANK_CELL.length) screen.set(BLANK_CELL, at);
  vga.writeMmioBlock(TEXT_MEMORY, screen);
}

/** Of the 64 colors of an EGA monitor; dark yellow is brown. */
function egaColor(color: number): number {
  if (color === 6) return 0x14;
  return color < 8 ? color : 0x38 | (color & 7);
}

/** A bit of the upper three adds a third of full intensity, one of the lower three two thirds. */
function setPalette(write: (port: number, value: number) => void): void {
  write(DAC_MASK, 0xff);
  write(DAC_WRITE, 0);
  for (let color = 0; color < 64; color++) {
    for (const bit of [2, 1, 0]) write(DAC_DATA, ((color >> bit) & 1) * 42 + ((color >> (bit + 3)) & 1) * 21);
  }
}
