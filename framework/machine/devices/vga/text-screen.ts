import {
  ATTRIBUTE,
  ATTRIBUTE_GRAPHICS,
  CRTC,
  GRAPHICS,
  GRAPHICS_MISC_GRAPHICS,
  dispiEnabled,
  type VgaState,
  type VideoMemory,
} from './state';
import { displayedLines } from './retrace';

/** Code page 437, as the character generator's default font draws it. */
const LOW = ' ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼';
const HIGH =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ';

function character(code: number): string {
  if (code < 0x20) return LOW.charAt(code);
  if (code < 0x7f) return String.fromCharCode(code);
  return code === 0x7f ? '⌂' : HIGH.charAt(code - 0x80);
}

const CHARACTERS = Array.from({ length: 256 }, (_, code) => character(code));

/** Character, attribute, font (or four planes) follow each other. */
const CELL_BYTES = 4;

export interface TextLayout {
  readonly columns: number;
  readonly rows: number;
  readonly cellHeight: number;
  /** Character addresses from one row to the next, and the first one shown. */
  readonly pitch: number;
  readonly start: number;
}

/** undefined: a graphics mode, or the CRTC was never programmed. */
export function textLayout(state: VgaState): TextLayout | undefined {
  const { crtc } = state;
  const isGraphics = state.graphics[GRAPHICS.MISC]! & GRAPHICS_MISC_GRAPHICS || state.attribute[ATTRIBUTE.MODE]! & ATTRIBUTE_GRAPHICS;
  if (dispiEnabled(state) || isGraphics || crtc[CRTC.H_DISPLAY_END] === 0) return undefined;
  const cellHeight = (crtc[CRTC.MAX_SCAN_LINE]! & 0x1f) + 1;
  const lines = displayedLines(state) >> (crtc[CRTC.MAX_SCAN_LINE]! & 0x80 ? 1 : 0);
  return {
    columns: crtc[CRTC.H_DISPLAY_END]! + 1,
    rows: Math.floor(lines / cellHeight),
    cellHeight,
    pitch: crtc[CRTC.OFFSET]! * 2,
    start: crtc[CRTC.START_HIGH]! * 256 + crtc[CRTC.START_LOW]!,
  };
}

/** Byte of video memory of a CRTC address. */
export function cellOffset(vram: VideoMemory, address: number): number {
  return (address * CELL_BYTES) % vram.sizeBytes;
}

/** Bytes of video memory from one on, which begins again behind its end. */
function readAround(vram: VideoMemory, offset: number, length: number): Uint8Array {
  const beforeEnd = Math.min(length, vram.sizeBytes - offset);
  const bytes = vram.read(offset, beforeEnd);
  return beforeEnd === length ? bytes : Buffer.concat([bytes, vram.read(0, length - beforeEnd)]);
}

/** The text on the screen. It is asked for again and again while a guest runs: one whose bytes are as before is not made anew. */
export class TextScreen {
  #shown: { readonly layout: TextLayout; readonly bytes: Uint8Array; readonly lines: readonly string[] } | undefined;

  constructor(
    private readonly state: VgaState,
    private readonly vram: VideoMemory,
  ) {}

  /** Its rows, right-trimmed, the same array as before when nothing has changed; undefined in graphics modes. */
  lines(): readonly string[] | undefined {
    const layout = textLayout(this.state);
    if (!layout) return undefined;
    const { rows, columns, pitch } = layout;
    const cells = rows === 0 ? 0 : (rows - 1) * pitch + columns;
    const length = Math.min(this.vram.sizeBytes, cells * CELL_BYTES);
    const bytes = readAround(this.vram, cellOffset(this.vram, layout.start), length);
    if (!this.#shown || !isSame(this.#shown.layout, layout) || Buffer.compare(this.#shown.bytes, bytes) !== 0) {
      this.#shown = { layout, bytes, lines: Array.from({ length: rows }, (_, row) => rowText(bytes, row * pitch, columns)) };
    }
    return this.#shown.lines;
  }
}

function isSame(a: TextLayout, b: TextLayout): boolean {
  return a.rows === b.rows && a.columns === b.columns && a.pitch === b.pitch;
}

function rowText(bytes: Uint8Array, first: number, columns: number): string {
  let line = '';
  for (let cell = first; cell < first + columns; cell++) line += CHARACTERS[bytes[(cell * CELL_BYTES) % bytes.length]!]!;
  return line.trimEnd();
}
