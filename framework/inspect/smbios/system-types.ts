import { guidText } from '../partition-table';
import { amount, choice, count, handle, hexadecimal, raw, row, sizeText, text } from './rows';
import type { Reading, SmbiosRow } from './rows';

const biosAddress: Reading = (view, { offset }) => {
  const value = view.u16(offset) * 16;
  return { value, text: `0x${value.toString(16).toUpperCase()}` };
};

const runtimeSize: Reading = (view) => {
  const value = (0x1_0000 - view.u16(6)) * 16;
  return { value, text: value % 1024 === 0 ? `${value / 1024} kB` : `${value} bytes` };
};

const romSize: Reading = (view, { offset }) => {
  const value = (view.u8(offset) + 1) * 64;
  return { value, text: sizeText(value) };
};

/** Major and minor; FFh FFh: the firmware has none. */
const release: Reading = (view, { offset }) => {
  if (view.u16(offset) === 0xffff) return undefined;
  const value = `${view.u8(offset)}.${view.u8(offset + 1)}`;
  return { value, text: value };
};

/** SMBIOS 2.6 and later have the first three parts of the UUID little-endian; before, most firmware wrote it as text reads. */
const uuid: Reading = (view, { offset }) => {
  const plain = Buffer.from(view.slice(offset, 16)).toString('hex');
  const value = [plain.slice(0, 8), plain.slice(8, 12), plain.slice(12, 16), plain.slice(16, 20), plain.slice(20)].join('-');
  return { value, text: value };
};

const mixedUuid: Reading = (view, { offset }) => {
  const value = guidText(view, offset);
  return { value, text: value };
};

const WAKE_UP = {
  0: 'Reserved',
  1: 'Other',
  2: 'Unknown',
  3: 'APM Timer',
  4: 'Modem Ring',
  5: 'LAN Remote',
  6: 'Power Switch',
  7: 'PCI PME#',
  8: 'AC Power Restored',
};

/** SMBIOS 3.7, 7.1. */
export const BIOS_INFORMATION: readonly SmbiosRow[] = [
  row('Vendor', 4, 1, text),
  row('Version', 5, 1, text),
  row('Release Date', 8, 1, text),
  row('Address', 6, 2, biosAddress),
  row('Runtime Size', 6, 2, runtimeSize),
  row('ROM Size', 9, 1, romSize),
  row('Characteristics', 10, 8, hexadecimal),
  row('BIOS Revision', 20, 2, release),
  row('Firmware Revision', 22, 2, release),
];

/** SMBIOS 3.7, 7.2. `UUID (mixed-endian)` is how 2.6 and later define the same bytes. */
export const SYSTEM_INFORMATION: readonly SmbiosRow[] = [
  row('Manufacturer', 4, 1, text),
  row('Product Name', 5, 1, text),
  row('Version', 6, 1, text),
  row('Serial Number', 7, 1, text),
  row('UUID', 8, 16, uuid),
  row('UUID (mixed-endian)', 8, 16, mixedUuid),
  row('Wake-up Type', 24, 1, choice(WAKE_UP)),
  row('SKU Number', 25, 1, text),
  row('Family', 26, 1, text),
];

const BOARD_TYPES = {
  1: 'Unknown',
  2: 'Other',
  3: 'Server Blade',
  4: 'Connectivity Switch',
  5: 'System Management Module',
  6: 'Processor Module',
  7: 'I/O Module',
  8: 'Memory Module',
  9: 'Daughter Board',
  10: 'Motherboard',
  11: 'Processor+Memory Module',
  12: 'Processor+I/O Module',
  13: 'Interconnect Board',
};

/** SMBIOS 3.7, 7.3. */
export const BASE_BOARD: readonly SmbiosRow[] = [
  row('Manufacturer', 4, 1, text),
  row('Product Name', 5, 1, text),
  row('Version', 6, 1, text),
  row('Serial Number', 7, 1, text),
  row('Asset Tag', 8, 1, text),
  row('Features', 9, 1, hexadecimal),
  row('Location In Chassis', 10, 1, text),
  row('Chassis Handle', 11, 2, handle('Not Provided')),
  row('Type', 13, 1, choice(BOARD_TYPES)),
];

const CHASSIS_TYPES = {
  1: 'Other',
  2: 'Unknown',
  3: 'Desktop',
  4: 'Low Profile Desktop',
  5: 'Pizza Box',
  6: 'Mini Tower',
  7: 'Tower',
  8: 'Portable',
  9: 'Laptop',
  10: 'Notebook',
  11: 'Hand Held',
  12: 'Docking Station',
  13: 'All In One',
  14: 'Sub Notebook',
  15: 'Space-saving',
  16: 'Lunch Box',
  17: 'Main Server Chassis',
  23: 'Rack Mount Chassis',
  24: 'Sealed-case PC',
  28: 'Blade',
  29: 'Blade Enclosing',
  30: 'Tablet',
  31: 'Convertible',
  32: 'Detachable',
};
const CHASSIS_STATES = { 1: 'Other', 2: 'Unknown', 3: 'Safe', 4: 'Warning', 5: 'Critical', 6: 'Non-recoverable' };
const SECURITY = { 1: 'Other', 2: 'Unknown', 3: 'None', 4: 'External Interface Locked Out', 5: 'External Interface Enabled' };

/** SMBIOS 3.7, 7.4. */
export const CHASSIS: readonly SmbiosRow[] = [
  row('Manufacturer', 4, 1, text),
  row('Type', 5, 1, choice(CHASSIS_TYPES, 0x7f)),
  row('Lock', 5, 1, (view, { offset }) => {
    const value = view.u8(offset) >> 7;
    return { value, text: value === 1 ? 'Present' : 'Not Present' };
  }),
  row('Version', 6, 1, text),
  row('Serial Number', 7, 1, text),
  row('Asset Tag', 8, 1, text),
  row('Boot-up State', 9, 1, choice(CHASSIS_STATES)),
  row('Power Supply State', 10, 1, choice(CHASSIS_STATES)),
  row('Thermal State', 11, 1, choice(CHASSIS_STATES)),
  row('Security Status', 12, 1, choice(SECURITY)),
  row('OEM Information', 13, 4, hexadecimal),
  row('Height', 17, 1, amount('U', 'Unspecified')),
  row('Number Of Power Cords', 18, 1, (view, { offset }) => {
    const value = view.u8(offset);
    return { value, text: value === 0 ? 'Unspecified' : String(value) };
  }),
  row('Contained Elements', 19, 1, count),
];

const PROCESSOR_TYPES = { 1: 'Other', 2: 'Unknown', 3: 'Central Processor', 4: 'Math Processor', 5: 'DSP Processor', 6: 'Video Processor' };
const PROCESSOR_FAMILIES = { 1: 'Other', 2: 'Unknown', 6: '80486', 11: 'Pentium', 12: 'Pentium Pro', 15: 'Celeron', 0xb3: 'Xeon' };
const PROCESSOR_UPGRADES = { 1: 'Other', 2: 'Unknown', 3: 'Daughter Board', 4: 'ZIF Socket', 5: 'Replaceable Piggy Back', 6: 'None' };
const PROCESSOR_STATUS: Readonly<Record<number, string>> = {
  0: 'Unknown',
  1: 'Enabled',
  2: 'Disabled By User',
  3: 'Disabled By BIOS',
  4: 'Idle',
  7: 'Other',
};

/** SMBIOS 3.7, 7.5. */
export const PROCESSOR: readonly SmbiosRow[] = [
  row('Socket Designation', 4, 1, text),
  row('Type', 5, 1, choice(PROCESSOR_TYPES)),
  row('Family', 6, 1, choice(PROCESSOR_FAMILIES)),
  row('Manufacturer', 7, 1, text),
  row('ID', 8, 8, raw),
  row('Version', 16, 1, text),
  row('Voltage', 17, 1, (view, { offset }) => {
    const value = view.u8(offset);
    if ((value & 0x80) !== 0) return { value, text: `${(value & 0x7f) / 10} V` };
    const legacy = ['5.0 V', '3.3 V', '2.9 V'].filter((_, bit) => ((value >> bit) & 1) === 1).join(' ');
    return { value, text: legacy === '' ? 'Unknown' : legacy };
  }),
  row('External Clock', 18, 2, amount('MHz')),
  row('Max Speed', 20, 2, amount('MHz')),
  row('Current Speed', 22, 2, amount('MHz')),
  row('Status', 24, 1, (view, { offset }) => {
    const value = view.u8(offset);
    const isPopulated = (value & 0x40) !== 0;
    return { value, text: isPopulated ? `Populated, ${PROCESSOR_STATUS[value & 7] ?? '<OUT OF SPEC>'}` : 'Unpopulated' };
  }),
  row('Upgrade', 25, 1, choice(PROCESSOR_UPGRADES)),
  row('L1 Cache Handle', 26, 2, handle('Not Provided')),
  row('L2 Cache Handle', 28, 2, handle('Not Provided')),
  row('L3 Cache Handle', 30, 2, handle('Not Provided')),
  row('Serial Number', 32, 1, text),
  row('Asset Tag', 33, 1, text),
  row('Part Number', 34, 1, text),
  row('Core Count', 35, 1, count),
  row('Core Enabled', 36, 1, count),
  row('Thread Count', 37, 1, count),
];

/** SMBIOS 3.7, 7.8. */
export const CACHE: readonly SmbiosRow[] = [
  row('Socket Designation', 4, 1, text),
  row('Configuration', 5, 2, hexadecimal),
  row('Maximum Size', 7, 2, cacheSize),
  row('Installed Size', 9, 2, cacheSize),
];

function cacheSize(...[view, { offset }]: Parameters<Reading>): ReturnType<Reading> {
  const code = view.u16(offset);
  const value = (code & 0x7fff) * ((code & 0x8000) !== 0 ? 64 : 1);
  return { value, text: sizeText(value) };
}

export const SYSTEM_BOOT: readonly SmbiosRow[] = [
  row(
    'Status',
    10,
    1,
    choice({
      0: 'No errors detected',
      1: 'No bootable media',
      2: 'Operating system failed to load',
      3: 'Firmware-detected hardware failure',
      4: 'Operating system-detected hardware failure',
      5: 'User-requested boot',
      6: 'System security violation',
      7: 'Previously-requested image',
      8: 'System watchdog timer expired',
    }),
  ),
];
