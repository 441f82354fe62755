import { required } from '../fields/field';
import { word } from '../fields/scalars';
import { milestone } from './schema';

export const UEFI_PHASE = milestone({
  key: 'uefi-phase',
  met: 'UEFI firmware has entered that phase, as far as it can be seen from outside',
  main: 'phase',
  fields: {
    phase: required(
      word(['sec', 'pei', 'dxe', 'bds']),
      'sec: the reset vector of an image with firmware volumes runs; pei: code of a PEI core runs; dxe: code of the foundation runs whose boot services the EFI system table has; bds: the entry of the BDS architectural protocol runs',
    ),
  },
  examples: ['uefi-phase: pei', 'uefi-phase: { phase: bds, within: 500M instructions }'],
});
