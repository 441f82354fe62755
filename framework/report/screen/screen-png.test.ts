import { inflateSync } from 'node:zlib';
import { picturePng, screenPng } from './screen-png';

function chunks(png: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(png);
  const found = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    found.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return found;
}

test('a text screen becomes a PNG of its size, with the letters where they stand', () => {
  const png = chunks(screenPng(['', '  |']));
  const header = png.get('IHDR')!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  expect([width, height]).toEqual([656, 416]);
  const rows = inflateSync(png.get('IDAT')!);
  const lit: [number, number][] = [];
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (rows[y * (width + 1) + 1 + x] === 1) lit.push([x, y]);
  expect(new Set(lit.map(([x]) => x))).toEqual(new Set([8 + 2 * 8 + 1 + 2]));
  expect(lit.map(([, y]) => y)).toEqual(Array.from({ length: 14 }, (_, row) => 8 + 16 + row));
});

test('characters outside the font do not break the picture', () => {
  expect(screenPng(['╔═╗ é €']).length).toBeGreaterThan(100);
});

test('a graphics screen becomes a PNG of its dots', () => {
  const png = chunks(picturePng({ width: 2, height: 1, rgba: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255) }));
  expect([...inflateSync(png.get('IDAT')!)]).toEqual([0, 1, 2, 3, 255, 4, 5, 6, 255]);
  expect([...png.get('IHDR')!.subarray(8, 10)]).toEqual([8, 6]);
});
