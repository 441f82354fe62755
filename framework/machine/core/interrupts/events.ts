/** What happens between instructions, in the order of SDM vol. 3, table 6-2. */
import {
  ACTIVITY,
  ACTIVITY_HALTED,
  ACTIVITY_MWAIT,
  ACTIVITY_RUNNING,
  ACTIVITY_WAIT_SIPI,
  DEBUG_PENDING,
  DELIVERING,
  EFLAGS,
  EXTERNAL,
  INIT_PENDING,
  INTR,
  IN_SMM,
  IS_BSP,
  MONITOR_LINE,
  MWAIT_MASKED_BREAK,
  NMI_BLOCKED,
  NMI_PENDING,
  RF_ARMED,
  SHADOW,
  SIPI_PENDING,
  SMI_PENDING,
  STEP_ARMED,
} from '../layout/cpu-state';
import { acknowledgeInterrupt, exception } from '../host';
import { FLAG_IF, FLAG_RF, VECTOR_DB, VECTOR_NMI, eflags } from '../state';
import { enterSmm } from '../smm/enter';
import { initialize, startupAt } from '../system/reset';
import { DR6_BS, setDebugStatus } from './debug';
import { deliver, noteDelivery } from './deliver';
import { DELIVERING_INTERRUPT } from './raise';

function deliverInterrupt(vector: i32): void {
  store<u32>(SHADOW, 0);
  noteDelivery();
  store<i32>(DELIVERING, DELIVERING_INTERRUPT);
  store<u32>(EXTERNAL, 1);
  deliver(vector, -1, false);
}

function debugTrap(): void {
  setDebugStatus(load<u32>(DEBUG_PENDING));
  store<u32>(DEBUG_PENDING, 0);
  store<u32>(SHADOW, 0);
  exception(VECTOR_DB, -1);
  noteDelivery();
  store<i32>(DELIVERING, VECTOR_DB);
  store<u32>(EXTERNAL, 1);
  deliver(VECTOR_DB, -1, false);
}

/** What the instruction before leaves: RF goes, TF's trap comes due. */
function settleInstruction(): void {
  if (load<u32>(RF_ARMED)) {
    store<u32>(RF_ARMED, 0);
    store<u32>(EFLAGS, eflags() & ~FLAG_RF);
  }
  if (load<u32>(STEP_ARMED)) {
    store<u32>(STEP_ARMED, 0);
    store<u32>(DEBUG_PENDING, load<u32>(DEBUG_PENDING) | DR6_BS);
  }
}

/** HLT or MWAIT is over; the latter's line has to be armed anew. */
function wake(): void {
  if (load<u32>(ACTIVITY) == ACTIVITY_MWAIT) store<u32>(MONITOR_LINE, 0);
  store<u32>(ACTIVITY, ACTIVITY_RUNNING);
}

/** Takes the most urgent event; true: something was delivered, look again. */
export function events(): bool {
  const activity = load<u32>(ACTIVITY);
  const awake = activity == ACTIVITY_RUNNING || activity == ACTIVITY_HALTED || activity == ACTIVITY_MWAIT;
  const shadow = load<u32>(SHADOW);
  const inSmm = load<u32>(IN_SMM) != 0;
  if (load<u32>(SMI_PENDING) && !inSmm && awake && shadow == 0) {
    settleInstruction();
    enterSmm();
    return true;
  }
  if (load<u32>(INIT_PENDING) && !inSmm) {
    store<u32>(INIT_PENDING, 0);
    initialize();
    if (!load<u32>(IS_BSP)) store<u32>(ACTIVITY, ACTIVITY_WAIT_SIPI);
    return true;
  }
  if (load<u32>(SIPI_PENDING)) {
    const vector = load<u32>(SIPI_PENDING) - 1;
    store<u32>(SIPI_PENDING, 0);
    if (activity == ACTIVITY_WAIT_SIPI) {
      startupAt(vector);
      return true;
    }
  }
  if (!awake) return false;
  settleInstruction();
  if (load<u32>(DEBUG_PENDING) && shadow != 2) {
    wake();
    debugTrap();
    return true;
  }
  if (load<u32>(NMI_PENDING) && !load<u32>(NMI_BLOCKED) && shadow != 2) {
    wake();
    store<u32>(NMI_PENDING, 0);
    store<u32>(NMI_BLOCKED, 1);
    deliverInterrupt(VECTOR_NMI);
    return true;
  }
  if (load<u32>(INTR) && eflags() & FLAG_IF && shadow == 0) {
    wake();
    const vector = acknowledgeInterrupt();
    deliverInterrupt(vector & 0xff);
    return true;
  }
  if (activity == ACTIVITY_MWAIT && load<u32>(INTR) && load<u32>(MWAIT_MASKED_BREAK)) {
    wake();
    return true;
  }
  return false;
}
