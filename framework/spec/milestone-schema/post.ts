import { optional, required } from '../fields/field';
import { BYTE, PORT } from '../fields/scalars';
import { milestone } from './schema';

export const POST = milestone({
  key: 'post',
  met: 'the guest has written that POST code',
  main: 'code',
  fields: {
    code: required(BYTE, 'the code'),
    port: optional(PORT, 'the POST port (0x80 when absent)'),
  },
  examples: ['post: 0x55'],
});
