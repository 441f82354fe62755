/**
 * The lines that MONITOR has armed, one a vCPU, by host address. Each has its bit in the code bitmap of its frame, whose grain is
 * a line: so whoever stores there, CPU or bus master, comes to `invalidateCode` and from there to `storeTo`, and stores to other
 * pages cost nothing.
 */
import { ACTIVITY, ACTIVITY_MWAIT, ACTIVITY_RUNNING, MONITOR_LINE, MONITOR_LINE_BYTES, STATE } from '../layout/cpu-state';
import { VCPUS_MAX, VCPU_STATES } from '../layout/memory-map';
import { CURRENT_VCPU, MONITORS_USED } from '../layout/run-state';
import { granules } from '../blocks/placement';
import { codeBits, frameOfHost, setCodeBits } from './frames';
import { dropPlainWrites } from './tlb';

/** Distance of a vCPU's state from STATE. */
function shiftOf(vcpu: u32): u32 {
  return vcpu == load<u32>(CURRENT_VCPU) ? 0 : VCPU_STATES + (vcpu << 12) - STATE;
}

/** Stores to a line, given by its first byte, are to be seen. */
export function armLine(line: u32): void {
  store<u32>(MONITORS_USED, 1);
  const frame = frameOfHost(line);
  const bits = codeBits(frame);
  if (bits == 0) dropPlainWrites(line & ~0xfff);
  setCodeBits(frame, bits | granules(line & 0xfff, MONITOR_LINE_BYTES));
}

/** As armLine for all lines: the bitmaps have been cleared. */
export function armAll(): void {
  if (!load<u32>(MONITORS_USED)) return;
  for (let vcpu: u32 = 0; vcpu < <u32>VCPUS_MAX; vcpu++) {
    const line = load<u32>(MONITOR_LINE + shiftOf(vcpu));
    if (line != 0) armLine(line);
  }
}

/** Bits of the armed lines in a frame. */
export function monitoredGranules(frame: u32): u64 {
  let bits: u64 = 0;
  if (!load<u32>(MONITORS_USED)) return bits;
  for (let vcpu: u32 = 0; vcpu < <u32>VCPUS_MAX; vcpu++) {
    const line = load<u32>(MONITOR_LINE + shiftOf(vcpu));
    if (line != 0 && frameOfHost(line) == frame) bits |= granules(line & 0xfff, MONITOR_LINE_BYTES);
  }
  return bits;
}

/** Bytes [host, host + length) were or will be stored to: vCPUs that monitor any of them go on, or will not go to sleep. */
export function storeTo(host: u32, length: u32): void {
  if (!load<u32>(MONITORS_USED)) return;
  for (let vcpu: u32 = 0; vcpu < <u32>VCPUS_MAX; vcpu++) {
    const shift = shiftOf(vcpu);
    const line = load<u32>(MONITOR_LINE + shift);
    if (line == 0 || line >= host + length || host >= line + MONITOR_LINE_BYTES) continue;
    store<u32>(MONITOR_LINE + shift, 0);
    if (load<u32>(ACTIVITY + shift) == ACTIVITY_MWAIT) store<u32>(ACTIVITY + shift, ACTIVITY_RUNNING);
  }
}
