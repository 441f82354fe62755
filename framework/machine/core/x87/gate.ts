/** What comes before every x87 instruction. */
import { FEATURE_FPU } from '../layout/features';
import { features } from '../state';
import { requireFpu } from '../system/misc';
import { undefinedInstruction } from '../blocks/boundary';
import { checkPending, setOpcode } from './exceptions';
import { C1, changeConditions } from './state';

/** #NM by CR0.EM and CR0.TS; without a coprocessor in the CPU model #UD. */
export function startInstruction(code: u32): void {
  requireFpu();
  if (!(features() & FEATURE_FPU)) undefinedInstruction();
  setOpcode(code);
}

/** Before all that waits and is no control instruction. */
export function startOperation(): void {
  checkPending();
  clearRounded();
}

/** C1 is 0 unless the operation sets it. */
export function clearRounded(): void {
  changeConditions(C1, 0);
}
