/** The BitBLT engine's registers in memory (CL-GD5446 Technical Reference Manual, 9.4): the graphics register behind each byte. */
import { BLT } from './cirrus-blt';

const run = (offset: number, register: number, bytes: number): (readonly [number, number])[] =>
  Array.from({ length: bytes }, (_, index) => [offset + index, register + index] as const);

export const BLT_REGISTERS: Readonly<Record<number, number>> = Object.fromEntries([
  ...BLT.BACKGROUND.map((register, index) => [index, register] as const),
  ...BLT.FOREGROUND.map((register, index) => [4 + index, register] as const),
  ...run(0x08, BLT.WIDTH, 2),
  ...run(0x0a, BLT.HEIGHT, 2),
  ...run(0x0c, BLT.DESTINATION_PITCH, 2),
  ...run(0x0e, BLT.SOURCE_PITCH, 2),
  ...run(0x10, BLT.DESTINATION, 3),
  ...run(0x14, BLT.SOURCE, 3),
  [0x17, BLT.SKIP],
  [0x18, BLT.MODE],
  [0x1a, BLT.OPERATION],
  [0x1b, BLT.EXTENSIONS],
  ...run(0x1c, BLT.KEY, 2),
  [0x40, BLT.START],
]);
