import { optional } from '../fields/field';
import { CODE, NUMBER64, SWITCH } from '../fields/scalars';
import { CPU_MODE } from './modes';
import { milestone } from './schema';

export const RESET_JUMP = milestone({
  key: 'reset-jump',
  met: 'control reaches the reset vector by a jump (not by power-on)',
  main: 'to',
  fields: {
    to: optional(CODE, 'the reset vector (f000:fff0 when absent)'),
    linear: optional(NUMBER64, 'its linear address: 0xffff0 after a jump, 0xffff_fff0 after a reset'),
    mode: optional(CPU_MODE, 'CPU mode there'),
    paging: optional(SWITCH, 'whether paging is on there'),
    by: optional(CODE, 'where the jump came from'),
  },
  registers: true,
  examples: ['reset-jump', 'reset-jump: { to: f000:fff0, mode: real, within: 5M instructions }'],
});
