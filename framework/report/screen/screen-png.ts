import { glyph, GLYPH_COLUMNS } from './font';
import type { Picture } from '../../quantities/picture';
import { encodePng, encodeTrueColour } from './png';

const CELL_WIDTH = 8;
const CELL_HEIGHT = 16;
const COLUMNS = 80;
const ROWS = 25;
const MARGIN = 8;
const PALETTE = [
  [0, 0, 0],
  [170, 170, 170],
] as const;

/** A picture of a text screen: light grey on black, in our own letters. At least 80x25. */
export function screenPng(lines: readonly string[]): Uint8Array {
  const columns = Math.max(COLUMNS, ...lines.map((line) => line.length));
  const width = columns * CELL_WIDTH + 2 * MARGIN;
  const height = Math.max(ROWS, lines.length) * CELL_HEIGHT + 2 * MARGIN;
  const pixels = new Uint8Array(width * height);
  lines.forEach((line, row) => {
    Array.from(line).forEach((char, column) => {
      draw(pixels, width, MARGIN + column * CELL_WIDTH + 1, MARGIN + row * CELL_HEIGHT, char);
    });
  });
  return encodePng(width, height, pixels, PALETTE);
}

/** A graphics screen as it is. */
export function picturePng({ width, height, rgba }: Picture): Uint8Array {
  return encodeTrueColour(width, height, rgba);
}

/** Each row of the glyph is two pixels high, which gives letters of the cell's shape. */
function draw(pixels: Uint8Array, width: number, left: number, top: number, char: string): void {
  glyph(char).forEach((row, index) => {
    for (let column = 0; column < GLYPH_COLUMNS; column++) {
      if ((row & (0x10 >> column)) === 0) continue;
      const at = (top + index * 2) * width + left + column;
      pixels[at] = 1;
      pixels[at + width] = 1;
    }
  });
}
