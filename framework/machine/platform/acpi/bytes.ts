/** Little-endian bytes of a number, which may be as wide as 8 bytes. */
export function little(value: number | bigint, bytes: number): number[] {
  const wide = BigInt(value);
  return Array.from({ length: bytes }, (_, index) => Number((wide >> BigInt(8 * index)) & 0xffn));
}

/** ASCII, padded to `length` when one is given. */
export function ascii(text: string, length = text.length, padding = 0): number[] {
  return Array.from({ length }, (_, index) => (index < text.length ? text.charCodeAt(index) & 0xff : padding));
}
