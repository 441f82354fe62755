/** Power-on, INIT and SIPI. SDM vol. 3, table 10-1 (9-1 in older editions). */
import {
  ACTIVITY,
  ACTIVITY_RUNNING,
  CR0,
  CR2,
  CR3,
  CR4,
  DELIVERING,
  DR,
  EFER,
  EFLAGS,
  FAULT_ENTRY,
  FAULT_VECTOR,
  FLAG_RESULT,
  GDTR_BASE,
  GDTR_LIMIT,
  GPR,
  IDTR_BASE,
  IDTR_LIMIT,
  IP,
  IS_BSP,
  MONITOR_LINE,
  MSR_PAT,
  RDX,
  SEGMENTS,
  SEGMENT_BYTES,
  SEG_CS,
  SEG_HIDDEN_BASE,
  SEG_LDTR,
  SEG_SELECTOR,
  SEG_TR,
  SMBASE,
  STATE,
  STATE_BYTES,
  NMI_BLOCKED,
  NMI_PENDING,
  SHADOW,
  STEP_ARMED,
  RF_ARMED,
  DEBUG_PENDING,
  LAST_FAR_CS,
  LAST_FAR_IP,
} from '../layout/cpu-state';
import { FPU_CONTROL, FPU_TAGS, MXCSR, XCR0 } from '../layout/fpu-state';
import { CPU_SIGNATURE, CURRENT_OP } from '../layout/run-state';
import { CR0_CD, CR0_NW } from '../state';
import { flushTlb } from '../memory/tlb';
import { derive } from '../segments/derive';
import { setSegment } from '../segments/descriptor';

const PAT_RESET: u64 = 0x0007040600070406;
/** All x87 exceptions unmasked; the registers hold +0 and are not empty. */
const FPU_CONTROL_RESET: u32 = 0x40;
/** XCR0: x87 alone. */
const XCR0_RESET: u32 = 1;
const MXCSR_RESET: u32 = 0x1f80;
const SMBASE_RESET: u32 = 0x30000;

/** What RESET and INIT have in common. */
function common(cacheBits: u32): void {
  memory.fill(GPR, 0, 128);
  store<u64>(RDX, <u64>load<u32>(CPU_SIGNATURE));
  store<u64>(IP, 0xfff0);
  store<u64>(FLAG_RESULT, 1);
  store<u32>(FLAG_RESULT + 8, 0);
  store<u32>(EFLAGS, 2);
  store<u64>(CR0, 0x10 | cacheBits);
  store<u64>(CR2, 0);
  store<u64>(CR3, 0);
  store<u64>(CR4, 0);
  store<u64>(EFER, 0);
  for (let index: u32 = 0; index < 6; index++) setSegment(SEGMENTS + index * SEGMENT_BYTES, 0, 0, 0xffff, 0x93);
  setSegment(SEG_CS, 0xf000, 0xffff0000, 0xffff, 0x9b);
  setSegment(SEG_LDTR, 0, 0, 0xffff, 0x82);
  setSegment(SEG_TR, 0, 0, 0xffff, 0x8b);
  store<u64>(GDTR_BASE, 0);
  store<u32>(GDTR_LIMIT, 0xffff);
  store<u64>(IDTR_BASE, 0);
  store<u32>(IDTR_LIMIT, 0xffff);
  memory.fill(DR, 0, 64);
  store<u64>(DR + 6 * 8, 0xffff0ff0);
  store<u64>(DR + 7 * 8, 0x400);
  store<u32>(SHADOW, 0);
  store<u32>(NMI_BLOCKED, 0);
  store<u32>(NMI_PENDING, 0);
  store<u32>(STEP_ARMED, 0);
  store<u32>(RF_ARMED, 0);
  store<u32>(DEBUG_PENDING, 0);
  store<i32>(FAULT_VECTOR, -1);
  store<i32>(DELIVERING, -1);
  store<u64>(FAULT_ENTRY, ~(<u64>0));
  store<u32>(LAST_FAR_CS, 0);
  store<u64>(LAST_FAR_IP, 0);
  store<u32>(MONITOR_LINE, 0);
  store<u32>(ACTIVITY, ACTIVITY_RUNNING);
  store<u32>(CURRENT_OP, 0);
  flushTlb();
  derive();
}

/** Power-on RESET of the selected vCPU. The host sets IS_BSP and the activity of application processors afterwards. */
export function powerOn(isBsp: i32): void {
  memory.fill(STATE, 0, STATE_BYTES);
  store<u64>(MSR_PAT, PAT_RESET);
  store<u32>(FPU_CONTROL, FPU_CONTROL_RESET);
  store<u32>(FPU_TAGS, 0xff);
  store<u32>(MXCSR, MXCSR_RESET);
  store<u32>(XCR0, XCR0_RESET);
  store<u32>(IS_BSP, <u32>isBsp);
  store<u32>(SMBASE, SMBASE_RESET);
  common(CR0_CD | CR0_NW);
}

/** INIT: MSRs, x87 and SSE state and CR0's cache bits stay. */
export function initialize(): void {
  common(load<u32>(CR0) & (CR0_CD | CR0_NW));
}

/** SIPI: real mode at vector << 12. */
export function startupAt(vector: u32): void {
  store<u32>(SEG_CS, vector << 8, SEG_SELECTOR);
  store<u64>(SEG_CS, vector << 12, SEG_HIDDEN_BASE);
  store<u64>(IP, 0);
  store<u32>(ACTIVITY, ACTIVITY_RUNNING);
  derive();
}
