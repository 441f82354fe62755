/** `JSON.stringify` for values with 64-bit numbers and bytes in them: bigint as `0x…` text, bytes as their count. */
export function plainJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => {
      if (typeof item === 'bigint') return `0x${item.toString(16)}`;
      if (item instanceof Uint8Array) return { bytes: item.length };
      return item;
    },
    indent,
  );
}
