import { DiskOverlay } from './overlay';

test('an odd-sized image is padded with zeros, and writes stay in the overlay', () => {
  const image = new Uint8Array(700).fill(1);
  const disk = new DiskOverlay('hda', { sizeBytes: 700, read: (offset, length) => image.slice(offset, offset + length) });
  expect(disk.sectors).toBe(2);
  expect(disk.read(1, 1).subarray(186, 190)).toEqual(Uint8Array.of(1, 1, 0, 0));
  disk.write(1, new Uint8Array(512).fill(9));
  expect(disk.read(0, 2).subarray(510, 514)).toEqual(Uint8Array.of(1, 1, 9, 9));
  expect(image[600]).toBe(1);
  expect(() => disk.read(2, 1)).toThrow(RangeError);
});
