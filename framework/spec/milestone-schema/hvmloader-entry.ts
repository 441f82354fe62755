import { optional } from '../fields/field';
import { CODE, GPA, SWITCH } from '../fields/scalars';
import { CPU_MODE } from './modes';
import { milestone } from './schema';

export const HVMLOADER_ENTRY = milestone({
  key: 'hvmloader-entry',
  met: 'the first instruction of the loader is about to run',
  fields: {
    at: optional(CODE, 'the entry point'),
    mode: optional(CPU_MODE, 'CPU mode there'),
    paging: optional(SWITCH, 'whether paging is on'),
    'start-info': optional(GPA, 'where EBX points; the structure there must have its magic number'),
  },
  registers: true,
  examples: ['hvmloader-entry', 'hvmloader-entry: { mode: protected, paging: off, at: 0x100000 }'],
});
