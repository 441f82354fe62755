/** IN and OUT with the privilege checks of SDM vol. 1, 18.5: IOPL, then the I/O permission bitmap of the TSS. */
import { SEG_HIDDEN_BASE, SEG_LIMIT, SEG_TR } from '../layout/cpu-state';
import { portRead, portWrite } from '../host';
import { attributes, cpl, iopl, isProtected, isVm86 } from '../state';
import { portBreakpoint } from '../interrupts/debug';
import { raiseGeneral } from '../interrupts/raise';
import { systemRead } from '../memory/system';

/** #GP(0) unless the port may be accessed: even when a REP count of 0 leaves nothing to do. */
export function requirePort(port: i32, size: i32): void {
  permitted(<u32>port, <u32>size);
}

/** #GP(0) unless the port (all of its bytes) may be accessed; then I/O breakpoints, which trap after the access. */
export function checkPort(port: i32, size: i32): void {
  permitted(<u32>port, <u32>size);
  portBreakpoint(<u32>port, <u32>size);
}

function permitted(port: u32, size: u32): void {
  if (!isVm86() && (!isProtected() || cpl() <= iopl())) return;
  const limit = load<u32>(SEG_TR, SEG_LIMIT);
  if (!(attributes(SEG_TR) & 8) || limit < 0x67) raiseGeneral(0);
  const base = load<u64>(SEG_TR, SEG_HIDDEN_BASE);
  const at = <u32>systemRead(base + 0x66, 2) + (port >>> 3);
  if (at + 1 > limit) raiseGeneral(0);
  const bits = (<u32>systemRead(base + at, 2)) >>> (port & 7);
  if (bits & ((1 << size) - 1)) raiseGeneral(0);
}

export function portIn(portValue: i32, size: i32): i32 {
  const port = portValue & 0xffff;
  checkPort(port, size);
  return portRead(port, size, -1);
}

export function portOut(portValue: i32, size: i32, value: i32): void {
  const port = portValue & 0xffff;
  checkPort(port, size);
  portWrite(port, size, size == 1 ? value & 0xff : size == 2 ? value & 0xffff : value);
}
