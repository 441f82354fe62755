/** The bytes of a number below 2^53, least significant first. */
export function littleEndian(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff);
}
