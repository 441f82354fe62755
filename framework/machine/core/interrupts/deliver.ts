/** Delivery of exceptions and interrupts: which mechanism, the IVT, and faults as the host hands them back. SDM vol. 3, 6.8. */
import {
  ACTIVITY,
  ACTIVITY_RUNNING,
  ACTIVITY_SHUTDOWN,
  CR2,
  DEBUG_PENDING,
  DELIVERING,
  DR,
  EFLAGS,
  EXTERNAL,
  FAULT_CHAIN,
  FAULT_CODE,
  FAULT_CR2,
  FAULT_ENTRY,
  FAULT_VECTOR,
  IDTR_BASE,
  IDTR_LIMIT,
  IP,
  RF_ARMED,
  SEG_CS,
  SHADOW,
  STEP_ARMED,
} from '../layout/cpu-state';
import { CURRENT_OP, EXCHANGE, REMAINING } from '../layout/run-state';
import { exception } from '../host';
import {
  FLAG_AC,
  FLAG_IF,
  FLAG_RF,
  FLAG_TF,
  VECTOR_DB,
  VECTOR_GP,
  VECTOR_PF,
  commitIp,
  currentIp,
  eflags,
  ip,
  isLong,
  isProtected,
  isVm86,
  selector,
  trueRemaining,
  unretired,
} from '../state';
import { force, recheck, unpatch } from '../blocks/force';
import { codeLinear } from '../blocks/lookup';
import { systemRead } from '../memory/system';
import { derive } from '../segments/derive';
import { loadRealSegment } from '../segments/load';
import { checkPushes, commitFrame, frameHere, push } from '../segments/stack';
import { getFlags } from '../system/flags';
import { DELIVERING_INTERRUPT, STALLED, TRIPLE_FAULT, raiseCode } from './raise';
import { gateCode, leaveFrom } from './common';
import { deliverLong } from './long-gate';
import { deliverProtected } from './protected-gate';

/** After how many deliveries in a row without a retired instruction each of them costs one. */
const FREE_DELIVERIES: u32 = 8;

/** Handlers that fault at their first instruction would never end: such deliveries cost instructions in the end. */
export function noteDelivery(): void {
  const linear = codeLinear(ip());
  if (linear != load<u64>(FAULT_ENTRY)) {
    store<u32>(FAULT_CHAIN, 0);
    return;
  }
  const chain = load<u32>(FAULT_CHAIN) + 1;
  store<u32>(FAULT_CHAIN, chain);
  if (chain > FREE_DELIVERIES && trueRemaining() > 0) store<i32>(REMAINING, load<i32>(REMAINING) - 1);
}

/**
 * Delivers `vector` between instructions: IP is the address to push. `code` -1: none. `software`: INT n, INT3, INTO.
 * Whoever calls has set DELIVERING and EXTERNAL.
 */
export function deliver(vector: i32, code: i32, software: bool): void {
  deliverAt(vector, code, software, ip());
  store<u64>(FAULT_ENTRY, codeLinear(ip()));
  store<i32>(DELIVERING, -1);
  store<u32>(EXTERNAL, 0);
  recheck();
}

export function deliverAt(vector: i32, code: i32, software: bool, from: u64): void {
  let image = <u32>getFlags();
  if (!software && load<i32>(DELIVERING) < DELIVERING_INTERRUPT && vector != VECTOR_DB) image |= FLAG_RF;
  if (isLong()) deliverLong(vector, code, software, from, image);
  else if (isProtected() || isVm86()) deliverProtected(vector, code, software, from, image);
  else deliverReal(vector, from, image);
}

function deliverReal(vector: i32, from: u64, image: u32): void {
  const at = (<u32>vector) << 2;
  if (at + 3 > load<u32>(IDTR_LIMIT)) raiseCode(VECTOR_GP, gateCode(vector));
  const target = <u32>systemRead(load<u64>(IDTR_BASE) + at, 4);
  frameHere();
  checkPushes(3, 2);
  push(2, image & 0xffff);
  push(2, selector(SEG_CS));
  push(2, from & 0xffff);
  commitFrame(false);
  leaveFrom(from);
  store<u32>(EFLAGS, eflags() & ~(FLAG_IF | FLAG_TF | FLAG_AC | FLAG_RF));
  loadRealSegment(SEG_CS, target >>> 16);
  commitIp(target & 0xffff);
  derive();
}

/** Delivers what raise recorded. Called by the host after it has caught the unwinding; may raise again. */
export function deliverFault(): void {
  unpatch();
  // A fault of the delivery itself (not of an instruction, INT n among them) belongs to that delivery.
  const nested = load<u32>(CURRENT_OP) == 0 && load<i32>(DELIVERING) >= 0;
  store<i32>(REMAINING, load<i32>(REMAINING) + unretired());
  store<u64>(IP, currentIp());
  store<u32>(CURRENT_OP, 0);
  const vector = load<i32>(FAULT_VECTOR);
  // Real mode has no error codes.
  const code = isLong() || isProtected() || isVm86() ? load<i32>(FAULT_CODE) : -1;
  store<i32>(FAULT_VECTOR, -1);
  store<u32>(STEP_ARMED, 0);
  store<u32>(RF_ARMED, 0);
  store<u32>(SHADOW, 0);
  store<u32>(DEBUG_PENDING, 0);
  if (vector == STALLED) {
    // Waiting takes time.
    if (trueRemaining() > 0) store<i32>(REMAINING, load<i32>(REMAINING) - 1);
    force();
    return;
  }
  if (vector == TRIPLE_FAULT) {
    store<i32>(DELIVERING, -1);
    store<u32>(EXTERNAL, 0);
    store<u32>(ACTIVITY, ACTIVITY_SHUTDOWN);
    recheck();
    return;
  }
  if (vector == VECTOR_PF) store<u64>(CR2, load<u64>(FAULT_CR2));
  if (vector == VECTOR_DB) store<u32>(DR + 7 * 8, load<u32>(DR + 7 * 8) & ~0x2000);
  store<u64>(EXCHANGE, load<u64>(CR2));
  store<u32>(ACTIVITY, ACTIVITY_RUNNING);
  if (!nested) noteDelivery();
  store<i32>(DELIVERING, vector);
  store<u32>(EXTERNAL, 1);
  exception(vector, code);
  deliver(vector, code, false);
}
