import { optional, required } from '../fields/field';
import { CODE, GPA, NUMBER64, VALUE, WIDTH } from '../fields/scalars';
import { milestone } from './schema';

export const MEMORY_WRITE = milestone({
  key: 'memory-write',
  met: 'an instruction has written to that guest-physical memory',
  main: 'at',
  fields: {
    at: required(GPA, 'the address or range'),
    width: optional(WIDTH, 'bytes written at once'),
    value: optional(VALUE, 'the value written'),
    mask: optional(NUMBER64, 'bits of the value that count'),
    by: optional(CODE, 'which code wrote'),
  },
  examples: ['memory-write: 0x472', 'memory-write: { at: 0x1000..0x101f, by: 0x100000..0x133fff }'],
});
