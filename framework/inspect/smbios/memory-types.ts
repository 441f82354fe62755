import { amount, choice, count, handle, hexadecimal, row, sizeText, text } from './rows';
import type { Reading, SmbiosRow } from './rows';

const ARRAY_LOCATIONS = { 1: 'Other', 2: 'Unknown', 3: 'System Board Or Motherboard', 4: 'ISA Add-on Card', 5: 'EISA Add-on Card' };
const ARRAY_USES = {
  1: 'Other',
  2: 'Unknown',
  3: 'System Memory',
  4: 'Video Memory',
  5: 'Flash Memory',
  6: 'Non-volatile RAM',
  7: 'Cache Memory',
};
const ERROR_CORRECTION = { 1: 'Other', 2: 'Unknown', 3: 'None', 4: 'Parity', 5: 'Single-bit ECC', 6: 'Multi-bit ECC', 7: 'CRC' };

const capacity: Reading = (view, { offset }) => {
  const kib = view.u32(offset);
  // 8000_0000h: more than 2 TiB; the real size is the 64-bit field of version 2.7.
  if (kib !== 0x8000_0000) return { value: kib, text: sizeText(kib) };
  const extended = view.has(15, 8) ? view.uint(15, 8) / 1024 : 0;
  return extended === 0 ? { value: kib, text: 'Unknown' } : { value: extended, text: sizeText(extended) };
};

const errorHandle: Reading = (view, { offset }) => {
  const value = view.u16(offset);
  if (value === 0xfffe) return { value, text: 'Not Provided' };
  return { value, text: value === 0xffff ? 'No Error' : `0x${value.toString(16).toUpperCase().padStart(4, '0')}` };
};

/** SMBIOS 3.7, 7.17. */
export const MEMORY_ARRAY: readonly SmbiosRow[] = [
  row('Location', 4, 1, choice(ARRAY_LOCATIONS)),
  row('Use', 5, 1, choice(ARRAY_USES)),
  row('Error Correction Type', 6, 1, choice(ERROR_CORRECTION)),
  row('Maximum Capacity', 7, 4, capacity),
  row('Error Information Handle', 11, 2, errorHandle),
  row('Number Of Devices', 13, 2, count),
];

const FORM_FACTORS = {
  1: 'Other',
  2: 'Unknown',
  3: 'SIMM',
  4: 'SIP',
  5: 'Chip',
  6: 'DIP',
  7: 'ZIP',
  8: 'Proprietary Card',
  9: 'DIMM',
  10: 'TSOP',
  11: 'Row Of Chips',
  12: 'RIMM',
  13: 'SODIMM',
  14: 'SRIMM',
  15: 'FB-DIMM',
  16: 'Die',
};
const MEMORY_TYPES = {
  1: 'Other',
  2: 'Unknown',
  3: 'DRAM',
  4: 'EDRAM',
  5: 'VRAM',
  6: 'SRAM',
  7: 'RAM',
  8: 'ROM',
  9: 'Flash',
  10: 'EEPROM',
  15: 'SDRAM',
  17: 'RDRAM',
  18: 'DDR',
  19: 'DDR2',
  24: 'DDR3',
  26: 'DDR4',
  34: 'DDR5',
};

const width: Reading = (view, { offset }) => {
  const value = view.u16(offset);
  return { value, text: value === 0 || value === 0xffff ? 'Unknown' : `${value} bits` };
};

const deviceSize: Reading = (view, { offset }) => {
  const code = view.u16(offset);
  if (code === 0) return { value: 0, text: 'No Module Installed' };
  if (code === 0xffff) return { value: code, text: 'Unknown' };
  const extended = code === 0x7fff && view.has(28, 4);
  const kib = extended ? (view.u32(28) & 0x7fff_ffff) * 1024 : (code & 0x7fff) * ((code & 0x8000) !== 0 ? 1 : 1024);
  return { value: kib, text: sizeText(kib) };
};

const memberOf = (none: string, unknown: string): Reading => {
  return (view, { offset }) => {
    const value = view.u8(offset);
    return { value, text: value === 0 ? none : value === 0xff ? unknown : String(value) };
  };
};

const typeDetail: Reading = (view, { offset }) => {
  const value = view.u16(offset);
  return { value, text: (value & 0xfffe) === 0 ? 'None' : `0x${value.toString(16).toUpperCase().padStart(4, '0')}` };
};

/** SMBIOS 3.7, 7.18. */
export const MEMORY_DEVICE: readonly SmbiosRow[] = [
  row('Array Handle', 4, 2, handle('Not Provided')),
  row('Error Information Handle', 6, 2, errorHandle),
  row('Total Width', 8, 2, width),
  row('Data Width', 10, 2, width),
  row('Size', 12, 2, deviceSize),
  row('Form Factor', 14, 1, choice(FORM_FACTORS)),
  row('Set', 15, 1, memberOf('None', 'Unknown')),
  row('Locator', 16, 1, text),
  row('Bank Locator', 17, 1, text),
  row('Type', 18, 1, choice(MEMORY_TYPES)),
  row('Type Detail', 19, 2, typeDetail),
  row('Speed', 21, 2, amount('MT/s')),
  row('Manufacturer', 23, 1, text),
  row('Serial Number', 24, 1, text),
  row('Asset Tag', 25, 1, text),
  row('Part Number', 26, 1, text),
];

/** Addresses are kept in KiB; FFFF_FFFFh sends the reader to the 64-bit fields of version 2.7, in bytes. */
const address = (extendedAt: number, isEnd: boolean): Reading => {
  return (view, { offset }) => {
    const kib = view.u32(offset);
    const extended = kib === 0xffff_ffff && view.has(extendedAt, 8);
    const value = extended ? view.uint(extendedAt, 8) : kib * 1024 + (isEnd ? 1023 : 0);
    return { value, text: `0x${value.toString(16).toUpperCase().padStart(11, '0')}` };
  };
};

const rangeSize: Reading = (view) => {
  const kib = view.u32(8) - view.u32(4) + 1;
  return { value: kib, text: sizeText(Math.max(0, kib)) };
};

/** SMBIOS 3.7, 7.20. */
export const ARRAY_ADDRESS: readonly SmbiosRow[] = [
  row('Starting Address', 4, 4, address(15, false)),
  row('Ending Address', 8, 4, address(23, true)),
  row('Range Size', 4, 8, rangeSize),
  row('Physical Array Handle', 12, 2, hexadecimal),
  row('Partition Width', 14, 1, count),
];

/** SMBIOS 3.7, 7.21. */
export const DEVICE_ADDRESS: readonly SmbiosRow[] = [
  row('Starting Address', 4, 4, address(19, false)),
  row('Ending Address', 8, 4, address(27, true)),
  row('Range Size', 4, 8, rangeSize),
  row('Physical Device Handle', 12, 2, hexadecimal),
  row('Memory Array Mapped Address Handle', 14, 2, hexadecimal),
  row('Partition Row Position', 16, 1, memberOf('<OUT OF SPEC>', 'Unknown')),
];
