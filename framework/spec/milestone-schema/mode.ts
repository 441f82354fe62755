import { optional } from '../fields/field';
import { CODE, SWITCH } from '../fields/scalars';
import { CPU_MODE } from './modes';
import { milestone } from './schema';

export const MODE = milestone({
  key: 'mode',
  met: 'the CPU has entered that mode (a change; the mode at power-on does not count)',
  main: 'mode',
  fields: {
    mode: optional(CPU_MODE, 'the mode entered'),
    paging: optional(SWITCH, 'whether paging is on after the change'),
    at: optional(CODE, 'CS:IP or linear address of the instruction that made the change'),
  },
  examples: ['mode: protected', 'mode: { mode: long, paging: on }'],
});
