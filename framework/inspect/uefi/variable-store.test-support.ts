import { guidBytes } from '../../quantities/guid';

/** A flash chip with an authenticated variable store, put together by the layout that EDK II's headers give. */

const u16 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
const wide = (text: string): number[] => Array.from(`${text}\0`).flatMap((letter) => u16(letter.charCodeAt(0)));

/** The volume's header and that of the store, then erased flash. */
export function emptyVariableChip(bytes: number): Uint8Array {
  const chip = new Uint8Array(bytes).fill(0xff);
  chip.set([...new Array<number>(16).fill(0), ...guidBytes('fff12b8d-7696-4c8b-a985-2747075b4f50'), ...u32(bytes), ...u32(0)], 0);
  chip.set([...Buffer.from('_FVH'), ...u32(0), ...u16(0x48)], 40);
  chip.set([...guidBytes('aaf32c78-947b-439a-a180-2e144ec37792'), ...u32(bytes - 0x48), 0x5a, 0xfe, 0, 0, 0, 0, 0, 0], 0x48);
  return chip;
}

/** A variable's header, name and data, its state not yet programmed. The state byte is the third. */
export function variableBytes(name: string, guid: string, data: readonly number[]): number[] {
  const text = wide(name);
  const header = [0xaa, 0x55, 0xff, 0, ...u32(7), ...new Array<number>(28).fill(0)];
  return [...header, ...u32(text.length), ...u32(data.length), ...guidBytes(guid), ...text, ...data];
}
