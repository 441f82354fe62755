import { optional, required } from '../fields/field';
import { GFN, word } from '../fields/scalars';
import { milestone } from './schema';

export const P2M = milestone({
  key: 'p2m',
  met: 'the map from guest frames to machine frames has changed there',
  main: 'gfn',
  fields: {
    gfn: required(GFN, 'guest frames; met when the change touches one of them'),
    op: optional(word(['populate', 'map', 'move', 'unmap']), 'what happened to them'),
    mfn: optional(GFN, 'machine frame of the first of them'),
  },
  examples: ['p2m: 0xfc000..0xfc00a', 'p2m: { gfn: 0xfdfff, op: map }'],
});
