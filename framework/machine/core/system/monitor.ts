/** MONITOR and MWAIT. SDM vol. 2, and vol. 3, 9.10.4. */
import {
  ACTIVITY,
  ACTIVITY_MWAIT,
  MONITOR_DISABLED,
  MONITOR_LINE,
  MONITOR_LINE_BYTES,
  MWAIT_MASKED_BREAK,
  RAX,
  RCX,
} from '../layout/cpu-state';
import { FEATURE_MONITOR } from '../layout/features';
import { sensitive } from '../host';
import { VECTOR_UD, cpl, features, isProtected, isVm86 } from '../state';
import { force } from '../blocks/force';
import { raise, raiseGeneral } from '../interrupts/raise';
import { probeRead, translate } from '../memory/access';
import { frameHost } from '../memory/frames';
import { KIND_HOLE, KIND_MASK, KIND_ROM, mapEntry } from '../memory/map';
import { armLine } from '../memory/monitor';
import { frameAt } from '../memory/physical';
import { segmentLinear } from '../segments/linear';
import { addressMask, readOperands, sourceSegment } from '../strings/operands';

const VMX_MWAIT: i32 = 36;
const VMX_MONITOR: i32 = 39;
/** ECX of MWAIT: masked interrupts end it. */
const MASKED_BREAK: u32 = 1;

function requireMonitor(): void {
  const isAbsent = !(features() & FEATURE_MONITOR) || load<u32>(MONITOR_DISABLED) != 0;
  if (isAbsent || isVm86() || (isProtected() && cpl() != 0)) raise(VECTOR_UD);
}

/** Host address of the line at a linear address that may be read; 0: devices and ROM cannot be monitored. */
function lineAt(linear: i64): u32 {
  const found = translate(linear);
  if (found < 0) return 0;
  const gpa = <u64>found;
  const kind = mapEntry(gpa >> 12) & KIND_MASK;
  if (kind == KIND_HOLE || kind == KIND_ROM) return 0;
  return frameHost(frameAt(<f64>(gpa >> 12))) + ((<u32>gpa) & 0xfff & ~(MONITOR_LINE_BYTES - 1));
}

/** The address is checked as that of a load of a byte. */
export function monitor(): void {
  requireMonitor();
  if (load<u32>(RCX) != 0) raiseGeneral(0);
  sensitive(VMX_MONITOR);
  readOperands();
  const linear = segmentLinear(<i32>sourceSegment, <i64>(load<u64>(RAX) & addressMask), 1, 0);
  probeRead(linear, 1);
  const line = lineAt(linear);
  store<u32>(MONITOR_LINE, line);
  if (line != 0) armLine(line);
}

/** Passes at once when no line is armed, or a store to it has come since. */
export function mwait(): void {
  requireMonitor();
  const extensions = load<u32>(RCX);
  if (extensions & ~MASKED_BREAK) raiseGeneral(0);
  sensitive(VMX_MWAIT);
  if (load<u32>(MONITOR_LINE) == 0) return;
  store<u32>(MWAIT_MASKED_BREAK, extensions);
  store<u32>(ACTIVITY, ACTIVITY_MWAIT);
  force();
}
