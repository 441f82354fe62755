/** Little-endian bytes of a number, which may be as wide as 8 bytes. */
export function little(value: number | bigint, bytes: number): number[] {
  const isBig = typeof value === 'bigint';
  const low = isBig ? Number(value & 0xffff_ffffn) : value;
  const high = isBig ? Number(value >> 32n) : Math.floor(value / 2 ** 32);
  const list: number[] = [];
  for (let index = 0; index < bytes; index++) list.push(((index < 4 ? low : high) >>> (8 * (index & 3))) & 0xff);
  return list;
}

/** ASCII, padded to `length` when one is given. */
export function ascii(text: string, length = text.length, padding = 0): number[] {
  const list: number[] = [];
  for (let index = 0; index < length; index++) list.push(index < text.length ? text.charCodeAt(index) & 0xff : padding);
  return list;
}

/** Bytes and lists of bytes in a row. Tables are put together a few bytes at a time, at every boot: this is what that costs. */
export function join(...parts: readonly (number | readonly number[])[]): number[] {
  return ([] as number[]).concat(...(parts as (number | number[])[]));
}
