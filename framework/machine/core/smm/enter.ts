/** An SMI is taken. SDM vol. 3, 31.2 to 31.5. */
import {
  ACTIVITY,
  ACTIVITY_HALTED,
  ACTIVITY_RUNNING,
  CPL,
  CR0,
  CR4,
  DEBUG_PENDING,
  DR,
  EFER,
  IN_SMM,
  MONITOR_LINE,
  NMI_BLOCKED,
  SEGMENTS,
  SEGMENT_BYTES,
  SEG_CS,
  SMBASE,
  SMI_PENDING,
  SMM_DEBUG_PENDING,
  SMM_NMI_BLOCKED,
} from '../layout/cpu-state';
import { CR0_EM, CR0_PE, CR0_PG, CR0_TS, commitIp, ip } from '../state';
import { leaveFrom } from '../interrupts/common';
import { flushTlb } from '../memory/tlb';
import { derive } from '../segments/derive';
import { setSegment } from '../segments/descriptor';
import { setFlags } from '../system/flags';
import { LONG_HALT_RESTART, saveLong } from './long-area';
import { REVISION, isLongFormat, put, revision } from './save-area';
import { SHORT_HALT_RESTART, saveShort } from './short-area';

const HANDLER: u64 = 0x8000;
const DR7_RESET: u64 = 0x400;
/** Data, writable, accessed, present; 4 GiB by bytes of 4 KiB. */
const FLAT: u32 = 0x893;

/** Saves the CPU below SMBASE + 1_0000h and starts the handler at SMBASE + 8000h: real mode's addresses with limits of 4 GiB. */
export function enterSmm(): void {
  const halted = load<u32>(ACTIVITY) == ACTIVITY_HALTED;
  store<u32>(SMI_PENDING, 0);
  store<u32>(IN_SMM, 1);
  store<u32>(SMM_NMI_BLOCKED, load<u32>(NMI_BLOCKED));
  store<u32>(NMI_BLOCKED, 1);
  store<u32>(SMM_DEBUG_PENDING, load<u32>(DEBUG_PENDING));
  store<u32>(DEBUG_PENDING, 0);
  store<u32>(ACTIVITY, ACTIVITY_RUNNING);
  store<u32>(MONITOR_LINE, 0);
  const long = isLongFormat();
  if (long) saveLong();
  else saveShort();
  put(long ? LONG_HALT_RESTART : SHORT_HALT_RESTART, long ? 1 : 2, halted ? 1 : 0);
  put(REVISION, 4, revision());
  leaveFrom(ip());
  setFlags(0, -1);
  store<u64>(CR0, load<u64>(CR0) & ~(<u64>(CR0_PE | CR0_EM | CR0_TS | CR0_PG)));
  store<u64>(CR4, 0);
  if (long) store<u64>(EFER, 0);
  store<u64>(DR + 7 * 8, DR7_RESET);
  store<u32>(CPL, 0);
  for (let index: u32 = 0; index < 6; index++) setSegment(SEGMENTS + index * SEGMENT_BYTES, 0, 0, 0xffffffff, FLAT);
  const base = load<u32>(SMBASE);
  setSegment(SEG_CS, (base >>> 4) & 0xffff, base, 0xffffffff, FLAT);
  commitIp(HANDLER);
  flushTlb();
  derive();
}
