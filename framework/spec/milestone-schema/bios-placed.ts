import { optional } from '../fields/field';
import { CODE, GPA } from '../fields/scalars';
import { milestone } from './schema';

export const BIOS_PLACED = milestone({
  key: 'bios-placed',
  met: 'the bytes of the firmware image lie where it will run',
  main: 'inside',
  fields: {
    inside: optional(GPA, 'the range that holds all of it'),
    at: optional(GPA, 'where its first byte is'),
    by: optional(CODE, 'which code wrote its last byte'),
  },
  examples: ['bios-placed', 'bios-placed: { inside: 0xc0000..0xfffff }'],
});
