/** Lower-case hex with 0x; `digits` pads. Groups of four digits are set apart by `_` past four digits. */
export function hex(value: number | bigint, digits = 1): string {
  const text = value.toString(16).padStart(digits, '0');
  if (text.length <= 4) return `0x${text}`;
  return `0x${text.replace(/\B(?=(?:[0-9a-f]{4})+$)/g, '_')}`;
}

/** `f000:fff0`. */
export function segmented(selector: number, offset: number): string {
  return `${selector.toString(16).padStart(4, '0')}:${offset.toString(16).padStart(4, '0')}`;
}

/** Two digits a byte, nothing between them. */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
