import { optional, required } from '../fields/field';
import { CODE, SWITCH } from '../fields/scalars';
import { CPU_MODE } from './modes';
import { milestone } from './schema';

export const EXECUTED = milestone({
  key: 'executed',
  met: 'an instruction at that address is about to run',
  main: 'at',
  fields: {
    at: required(CODE, 'the address or range'),
    mode: optional(CPU_MODE, 'CPU mode there'),
    paging: optional(SWITCH, 'whether paging is on there'),
    by: optional(CODE, 'where the last far transfer came from'),
  },
  registers: true,
  examples: ['executed: 0000:7c00', 'executed: { at: 0000:7c00, dl: 0x80, as: mbr entry }'],
});
