import { optional, required } from '../fields/field';
import { NUMBER64, PORT, VALUE, WIDTH } from '../fields/scalars';
import { milestone } from './schema';

const FIELDS = {
  port: required(PORT, 'the port or range'),
  width: optional(WIDTH, 'access width in bytes'),
  value: optional(VALUE, 'the value transferred'),
  mask: optional(NUMBER64, 'bits of the value that count'),
};

export const PORT_READ = milestone({
  key: 'port-read',
  met: 'the guest has read that I/O port',
  main: 'port',
  fields: FIELDS,
  examples: ['port-read: 0x71', 'port-read: { port: 0x1f7, value: 0x40, mask: 0xc0 }'],
});

export const PORT_WRITE = milestone({
  key: 'port-write',
  met: 'the guest has written that I/O port',
  main: 'port',
  fields: FIELDS,
  examples: ['port-write: 0xcf9', 'port-write: { port: 0x70, width: 1, value: 0x0f }'],
});
