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

/** Byte of video memory of a CRTC address: character, attribute, font (or four planes) follow each other. */
export function cellOffset(vram: VideoMemory, address: number): number {
  return (address * 4) % vram.sizeBytes;
}

/** The text on the screen, rows right-trimmed; undefined in graphics modes. */
export function textScreen(state: VgaState, vram: VideoMemory): string[] | undefined {
  const layout = textLayout(state);
  if (!layout) return undefined;
  return Array.from({ length: layout.rows }, (_, row) => {
    let line = '';
    for (let column = 0; column < layout.columns; column++) {
      const address = layout.start + row * layout.pitch + column;
      line += character(vram.readByte(cellOffset(vram, address)));
    }
    return line.trimEnd();
  });
}
