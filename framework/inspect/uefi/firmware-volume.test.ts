import type { MemoryReader } from '../byte-view';
import { fileAt, filesOf, PEI_CORE, volumesIn } from './firmware-volume';

const BASE = 0x82_0000;

/** A volume with an extended header and files of these types and sizes, at BASE, in memory that is FFh elsewhere. */
function memory(files: readonly (readonly [type: number, bytes: number])[]): MemoryReader {
  const volume = new Uint8Array(0x4000).fill(0xff);
  const view = new DataView(volume.buffer);
  view.setBigUint64(32, BigInt(volume.length), true);
  volume.set(Buffer.from('_FVH'), 40);
  view.setUint16(48, 0x48, true);
  view.setUint16(52, 0x60, true);
  view.setUint32(0x60 + 16, 20, true);
  let at = 0x78;
  for (const [type, bytes] of files) {
    volume[at + 18] = type;
    volume[at + 19] = 0;
    volume.set([bytes & 0xff, bytes >> 8, 0], at + 20);
    at += Math.ceil(bytes / 8) * 8;
  }
  return (gpa, length) => Uint8Array.from({ length }, (_, index) => volume[gpa + index - BASE] ?? 0xff);
}

const FILES = [
  [0x07, 100],
  [PEI_CORE, 0x1801],
] as const;

test('files follow the volume’s headers on boundaries of eight', () => {
  expect(filesOf(memory(FILES), BASE)).toEqual([
    { type: 0x07, first: BASE + 0x78, last: BASE + 0x78 + 99 },
    { type: PEI_CORE, first: BASE + 0xe0, last: BASE + 0xe0 + 0x1800 },
  ]);
  expect(filesOf(memory([[1, 0x5000]]), BASE)).toEqual([]);
  expect(filesOf(memory([]), BASE + 0x1000)).toEqual([]);
});

test('an address belongs to the file around it, pages away from its volume’s header', () => {
  expect(fileAt(memory(FILES), BASE + 0x1234)?.type).toBe(PEI_CORE);
  expect(fileAt(memory(FILES), BASE + 0x2000)).toBeUndefined();
  expect(fileAt(memory(FILES), BASE - 1)).toBeUndefined();
  expect(fileAt(memory(FILES), 5)).toBeUndefined();
});

test('volumes are found at page boundaries', () => {
  expect(volumesIn(memory(FILES), BASE - 0x3000, BASE + 0x8000)).toEqual([BASE]);
  expect(volumesIn(memory(FILES), BASE + 1, BASE + 0x8000)).toEqual([]);
});
