/** The screen as a picture, for reports: a pure function of the adapter's registers and memory. No cursor, blink shown as on. */
import type { Picture } from '../../../quantities/picture';
import { lineBytes } from './dispi';
import { displayedLines, lineCompare } from './retrace';
import {
  ATTRIBUTE,
  ATTRIBUTE_8BIT,
  ATTRIBUTE_BLINK,
  ATTRIBUTE_P54_SELECT,
  CLOCKING_8_DOTS,
  CRTC,
  CRTC_BYTE_MODE,
  CRTC_DOUBLE_SCAN,
  DISPI,
  GRAPHICS,
  MODE_SHIFT_256,
  MODE_SHIFT_INTERLEAVE,
  SEQUENCER,
  dispiEnabled,
  type VgaState,
  type VideoMemory,
} from './state';
import { cellOffset, textLayout, type TextLayout } from './text-screen';

/** Paints one pixel of a picture by color index or by components. */
class Canvas implements Picture {
  readonly rgba: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    private readonly state: VgaState,
  ) {
    this.rgba = new Uint8Array(width * height * 4);
  }

  put(x: number, y: number, red: number, green: number, blue: number): void {
    const at = (y * this.width + x) * 4;
    this.rgba[at] = red;
    this.rgba[at + 1] = green;
    this.rgba[at + 2] = blue;
    this.rgba[at + 3] = 255;
  }

  /** An entry of the DAC. */
  dac(x: number, y: number, entry: number): void {
    const at = (entry & this.state.dacMask) * 3;
    const { palette } = this.state;
    this.put(x, y, palette[at]!, palette[at + 1]!, palette[at + 2]!);
  }

  /** A 4-bit color through the attribute controller's palette. */
  attribute(x: number, y: number, color: number): void {
    const { attribute } = this.state;
    const select = attribute[ATTRIBUTE.COLOR_SELECT]!;
    const low = attribute[color & attribute[ATTRIBUTE.PLANE_ENABLE]!]!;
    const high = (select & 0x0c) << 4;
    this.dac(x, y, attribute[ATTRIBUTE.MODE]! & ATTRIBUTE_P54_SELECT ? high | ((select & 3) << 4) | (low & 0x0f) : high | (low & 0x3f));
  }
}

function paintText(state: VgaState, vram: VideoMemory, layout: TextLayout): Picture {
  const cellWidth = state.sequencer[SEQUENCER.CLOCKING]! & CLOCKING_8_DOTS ? 8 : 9;
  const canvas = new Canvas(layout.columns * cellWidth, layout.rows * layout.cellHeight, state);
  const background = state.attribute[ATTRIBUTE.MODE]! & ATTRIBUTE_BLINK ? 0x07 : 0x0f;
  for (let y = 0; y < canvas.height; y++) {
    const scan = y % layout.cellHeight;
    for (let column = 0; column < layout.columns; column++) {
      const cell = cellOffset(vram, layout.start + Math.floor(y / layout.cellHeight) * layout.pitch + column);
      const code = vram.readByte(cell);
      const color = vram.readByte(cell + 1);
      const glyph = vram.readByte((code * 32 + scan) * 4 + 2);
      for (let dot = 0; dot < cellWidth; dot++) {
        const isLine = dot === 8 && code >= 0xc0 && code <= 0xdf;
        const on = dot < 8 ? glyph & (0x80 >> dot) : isLine && glyph & 1;
        canvas.attribute(column * cellWidth + dot, y, on ? color & 0x0f : (color >> 4) & background);
      }
    }
  }
  return canvas;
}

/** 4-bit color of pixel `x` (0-7, or 0-3 for two-bit shifts) of the four plane bytes at `cell`. */
function planarColor(state: VgaState, vram: VideoMemory, cell: number, x: number): number {
  if (state.graphics[GRAPHICS.MODE]! & MODE_SHIFT_INTERLEAVE) {
    const byte = vram.readByte(cell + (x >> 2));
    const other = vram.readByte(cell + (x >> 2) + 2);
    const shift = 6 - 2 * (x & 3);
    return ((byte >> shift) & 3) | (((other >> shift) & 3) << 2);
  }
  let color = 0;
  for (let plane = 0; plane < 4; plane++) color |= ((vram.readByte(cell + plane) >> (7 - x)) & 1) << plane;
  return color;
}

/**
 * How the CRTC goes through memory: CRTC addresses of a line of the picture. Adapters before the VGA keep lines apart by the scan line
 * within the row instead of an address bit (mode control, bits 0 and 1), as the CGA's modes still do.
 */
function lineAddresses(state: VgaState): {
  readonly lines: number;
  readonly first: (y: number) => number;
  readonly row: (y: number) => number;
} {
  const { crtc } = state;
  const scans = (crtc[CRTC.MAX_SCAN_LINE]! & 0x1f) + 1;
  const double = crtc[CRTC.MAX_SCAN_LINE]! & CRTC_DOUBLE_SCAN ? 2 : 1;
  const mode = crtc[CRTC.MODE]!;
  const apart = (mode & 3) === 3 ? 1 : scans;
  const repeat = (scans * double) / apart;
  const start = crtc[CRTC.START_HIGH]! * 256 + crtc[CRTC.START_LOW]!;
  const split = Math.floor(lineCompare(state) / repeat);
  const bit = mode & CRTC_BYTE_MODE ? 13 : 12;
  return {
    lines: Math.max(1, Math.floor(displayedLines(state) / repeat)),
    first: (y) => {
      const [base, line] = y > split ? [0, y - split - 1] : [start, y];
      return base + Math.floor(line / apart) * crtc[CRTC.OFFSET]! * 2;
    },
    row: (y) => (mode & 1 ? 0 : ((y % apart) & 1) << bit) | (mode & 2 ? 0 : (((y % apart) & 2) >> 1) << (bit + 1)),
  };
}

function paintGraphics(state: VgaState, vram: VideoMemory): Picture {
  const { crtc } = state;
  const is256 = (state.graphics[GRAPHICS.MODE]! & MODE_SHIFT_256) !== 0 || (state.attribute[ATTRIBUTE.MODE]! & ATTRIBUTE_8BIT) !== 0;
  const characters = crtc[CRTC.H_DISPLAY_END]! + 1;
  const { lines, first, row } = lineAddresses(state);
  const canvas = new Canvas(characters * (is256 ? 4 : 8), lines, state);
  for (let y = 0; y < canvas.height; y++) {
    const address = first(y);
    const scan = row(y);
    for (let x = 0; x < canvas.width; x++) {
      const cell = cellOffset(vram, (address + Math.floor(x / (is256 ? 4 : 8))) | scan);
      if (is256) canvas.dac(x, y, vram.readByte(cell + (x & 3)));
      else canvas.attribute(x, y, planarColor(state, vram, cell, x & 7));
    }
  }
  return canvas;
}

function paintLinear(state: VgaState, vram: VideoMemory): Picture {
  const { dispi } = state;
  const bpp = dispi[DISPI.BPP]!;
  const canvas = new Canvas(dispi[DISPI.XRES]!, dispi[DISPI.YRES]!, state);
  const pitch = lineBytes(bpp, dispi[DISPI.VIRT_WIDTH]!);
  for (let y = 0; y < canvas.height; y++) {
    const first = (y + dispi[DISPI.Y_OFFSET]!) * pitch + lineBytes(bpp, dispi[DISPI.X_OFFSET]!);
    const line = bpp === 4 ? undefined : vram.read(first, lineBytes(bpp, canvas.width));
    for (let x = 0; x < canvas.width; x++) {
      if (!line) canvas.attribute(x, y, planarColor(state, vram, (first * 8 + (x >> 3)) * 4, x & 7));
      else paintPixel(canvas, x, y, bpp, line);
    }
  }
  return canvas;
}

function paintPixel(canvas: Canvas, x: number, y: number, bpp: number, line: Uint8Array): void {
  const at = x * ((bpp + 7) >> 3);
  if (bpp === 8) return canvas.dac(x, y, line[at]!);
  if (bpp >= 24) return canvas.put(x, y, line[at + 2]!, line[at + 1]!, line[at]!);
  const value = line[at]! | (line[at + 1]! << 8);
  const green = bpp === 16 ? ((value >> 5) & 0x3f) << 2 : ((value >> 5) & 0x1f) << 3;
  const red = bpp === 16 ? value >> 11 : (value >> 10) & 0x1f;
  canvas.put(x, y, red << 3, green, (value & 0x1f) << 3);
}

/** undefined while no mode was ever set. */
export function paint(state: VgaState, vram: VideoMemory): Picture | undefined {
  if (dispiEnabled(state)) return paintLinear(state, vram);
  const layout = textLayout(state);
  if (layout) return paintText(state, vram, layout);
  return state.crtc[CRTC.H_DISPLAY_END] === 0 ? undefined : paintGraphics(state, vram);
}
