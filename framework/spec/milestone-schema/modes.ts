import { word } from '../fields/scalars';

/** CPU modes as specs name them. `protected` and `compatibility` cover both code sizes. */
export const CPU_MODE = word([
  'real',
  'smm',
  'vm86',
  'protected',
  'protected16',
  'protected32',
  'compatibility',
  'compatibility16',
  'compatibility32',
  'long',
]);
