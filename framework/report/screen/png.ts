import { deflateSync } from 'node:zlib';
import { crc32 } from '../../quantities/crc32';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const BITS_PER_CHANNEL = 8;
const COLOUR_INDEXED = 3;
const COLOUR_RGBA = 6;

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(Buffer.from(type, 'latin1'), 4);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

/** An indexed picture. `pixels` holds a palette index each, row by row; `palette` red, green, blue. */
export function encodePng(
  width: number,
  height: number,
  pixels: Uint8Array,
  palette: readonly (readonly [number, number, number])[],
): Uint8Array {
  return encode(width, height, COLOUR_INDEXED, pixels, [chunk('PLTE', Uint8Array.from(palette.flat()))]);
}

/** `pixels` holds red, green, blue and alpha of each, row by row. */
export function encodeTrueColour(width: number, height: number, pixels: Uint8Array): Uint8Array {
  return encode(width, height, COLOUR_RGBA, pixels, []);
}

function encode(width: number, height: number, colour: number, pixels: Uint8Array, palette: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([BITS_PER_CHANNEL, colour, 0, 0, 0], 8);
  const line = pixels.length / height;
  const rows = new Uint8Array((line + 1) * height);
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * line, (y + 1) * line), y * (line + 1) + 1);
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), ...palette, chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array(0))]);
}
