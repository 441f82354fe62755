/** Accesses that the CPU makes itself, with supervisor rights at any CPL: descriptor tables, TSS, IDT. */
import { TLB_BASE } from '../layout/cpu-state';
import { ACCESS_SEGMENT } from '../layout/run-state';
import { TLB_SUPERVISOR } from '../layout/tlb';
import { probeWrite, readAny, writeAny } from './access';
import { setImplicit } from './walk';

function begin(): u32 {
  const table = load<u32>(TLB_BASE);
  store<u32>(TLB_BASE, TLB_SUPERVISOR);
  store<u32>(ACCESS_SEGMENT, 0);
  setImplicit(true);
  return table;
}

function end(table: u32): void {
  setImplicit(false);
  store<u32>(TLB_BASE, table);
}

export function systemRead(linear: u64, size: u32): u64 {
  const table = begin();
  const value = readAny(linear, size);
  end(table);
  return value;
}

export function systemWrite(linear: u64, size: u32, value: u64): void {
  const table = begin();
  writeAny(linear, size, value);
  end(table);
}

export function systemProbeWrite(linear: u64, size: u32): void {
  const table = begin();
  probeWrite(<i64>linear, <i32>size);
  end(table);
}
