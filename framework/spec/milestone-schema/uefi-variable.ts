import { BYTES } from '../fields/bytes';
import { optional } from '../fields/field';
import { UUID_TEXT } from '../fields/guest-scalars';
import { line, SWITCH, unsignedRange, VALUE } from '../fields/scalars';
import { milestone } from './schema';

export const UEFI_VARIABLE = milestone({
  key: 'uefi-variable',
  met: 'firmware has written that UEFI variable to the flash chip of `firmware.vars`',
  main: 'name',
  fields: {
    name: optional(line('the name of a UEFI variable', ['BootOrder', 'Boot0000'], 1000), 'its name'),
    guid: optional({ ...UUID_TEXT, expected: 'a GUID', examples: ['8be4df61-93ca-11d2-aa0d-00e098032b8c'] }, 'its vendor GUID'),
    size: optional(unsignedRange(0x8_0000, 'a number of bytes', ['4', '1..64']), 'length of its data'),
    data: optional(BYTES, 'its data'),
    attributes: optional(VALUE, 'its attributes (UEFI 2.10, 8.2: 1 non-volatile, 2 boot services, 4 runtime)'),
    deleted: optional(SWITCH, 'on: it is deleted instead (off when absent)'),
  },
  examples: ['uefi-variable: BootOrder', 'uefi-variable: { name: Boot0001, guid: 8be4df61-93ca-11d2-aa0d-00e098032b8c, attributes: 7 }'],
});
