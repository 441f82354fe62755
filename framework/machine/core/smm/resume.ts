/** RSM: back to where the SMI came. SDM vol. 3, 31.3 and 31.10 to 31.11. */
import {
  ACTIVITY,
  ACTIVITY_HALTED,
  ACTIVITY_SHUTDOWN,
  CPL,
  CR0,
  CR3,
  CR4,
  DEBUG_PENDING,
  EFER,
  IN_SMM,
  IP,
  NMI_BLOCKED,
  RF_ARMED,
  SEG_SS,
  SMBASE,
  SMM_DEBUG_PENDING,
  SMM_NMI_BLOCKED,
  STEP_ARMED,
} from '../layout/cpu-state';
import { CR0_CD, CR0_NW, CR0_PE, CR0_PG, EFER_LMA, EFER_LME, FLAG_VM, VECTOR_UD, attributes, commitIp, currentIp } from '../state';
import { force, recheck } from '../blocks/force';
import { leaveFrom } from '../interrupts/common';
import { raise } from '../interrupts/raise';
import { flushTlb } from '../memory/tlb';
import { derive } from '../segments/derive';
import { dplOf } from '../segments/descriptor';
import { allowedCr4 } from '../system/control';
import { setFlags } from '../system/flags';
import { pageTableChanged } from '../system/paging';
import { LONG_CR0, LONG_CR3, LONG_CR4, LONG_FLAGS, LONG_HALT_RESTART, LONG_SMBASE, loadLong } from './long-area';
import { get, isLongFormat } from './save-area';
import { SHORT_CR0, SHORT_CR3, SHORT_CR4, SHORT_FLAGS, SHORT_HALT_RESTART, SHORT_SMBASE, loadShort } from './short-area';

/** What no CPU can be in: RSM then ends in shutdown. */
function isImpossible(cr0: u32, cr4: u64): bool {
  return (cr0 & (CR0_PG | CR0_PE)) == CR0_PG || (cr0 & (CR0_NW | CR0_CD)) == CR0_NW || (cr4 & ~(<u64>allowedCr4())) != 0;
}

function levelOf(flags: u32, cr0: u32): u32 {
  if (!(cr0 & CR0_PE)) return 0;
  return flags & FLAG_VM ? 3 : dplOf(attributes(SEG_SS));
}

export function rsm(): void {
  if (!load<u32>(IN_SMM)) raise(VECTOR_UD);
  const long = isLongFormat();
  const cr0 = <u32>get(long ? LONG_CR0 : SHORT_CR0, 4);
  const cr4 = get(long ? LONG_CR4 : SHORT_CR4, long ? 8 : 4);
  if (isImpossible(cr0, cr4)) {
    store<u32>(ACTIVITY, ACTIVITY_SHUTDOWN);
    force();
    return;
  }
  leaveFrom(currentIp());
  const flags = <u32>get(long ? LONG_FLAGS : SHORT_FLAGS, 4);
  if (long) loadLong();
  else loadShort();
  commitIp(load<u64>(IP));
  store<u64>(CR0, cr0 | 0x10);
  store<u64>(CR3, get(long ? LONG_CR3 : SHORT_CR3, long ? 8 : 4));
  store<u64>(CR4, cr4);
  const halted = (get(long ? LONG_HALT_RESTART : SHORT_HALT_RESTART, 1) & 1) != 0;
  const base = <u32>get(long ? LONG_SMBASE : SHORT_SMBASE, 4);
  const extended = load<u32>(EFER) & ~EFER_LMA;
  store<u64>(EFER, extended & EFER_LME && cr0 & CR0_PG ? extended | EFER_LMA : extended);
  store<u32>(CPL, levelOf(flags, cr0));
  store<u32>(IN_SMM, 0);
  store<u32>(SMBASE, base);
  store<u32>(NMI_BLOCKED, load<u32>(SMM_NMI_BLOCKED));
  store<u32>(DEBUG_PENDING, load<u32>(SMM_DEBUG_PENDING));
  store<u32>(STEP_ARMED, 0);
  store<u32>(RF_ARMED, 0);
  setFlags(<i32>flags, -1);
  flushTlb();
  derive();
  pageTableChanged(<u32>cr4);
  if (halted) store<u32>(ACTIVITY, ACTIVITY_HALTED);
  recheck();
}
