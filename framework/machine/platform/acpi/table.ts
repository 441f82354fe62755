/** System description tables (ACPI 6.5, 5.2): their common header, and those that every PC of ours has. */
import { ascii, little } from './bytes';

export const HEADER_BYTES = 36;
export const CHECKSUM_OFFSET = 9;
const OEM_ID = 'MILEPO';
const CREATOR_ID = 'MLPT';
const OEM_REVISION = 1;
const CREATOR_REVISION = 1;

/** A table with checksum 0: whoever places it and its pointers sets that. */
export function table(signature: string, revision: number, body: readonly number[]): readonly number[] {
  return [
    ...ascii(signature, 4),
    ...little(HEADER_BYTES + body.length, 4),
    revision,
    0,
    ...ascii(OEM_ID, 6),
    ...ascii(`MILEPOST`, 8),
    ...little(OEM_REVISION, 4),
    ...ascii(CREATOR_ID, 4),
    ...little(CREATOR_REVISION, 4),
    ...body,
  ];
}

/** Firmware ACPI control structure (5.2.10), which has no common header. */
export function facs(): readonly number[] {
  const bytes = [...ascii('FACS'), ...little(64, 4)];
  return [...bytes, ...new Array<number>(64 - bytes.length).fill(0)];
}

/** IA-PC HPET specification 1.0a, 3.2.4. */
export function hpet(eventTimerBlock: number, gpa: number): readonly number[] {
  const systemMemory = 0;
  return table('HPET', 1, [...little(eventTimerBlock, 4), systemMemory, 0, 0, 0, ...little(gpa, 8), 0, ...little(0, 2), 0]);
}

/** PCI Express memory mapped configuration (PCI firmware specification 3.3, 4.1.2): one segment, from bus 0 on. */
export function mcfg(base: number, buses: number): readonly number[] {
  const RESERVED = [0, 0, 0, 0, 0, 0, 0, 0];
  return table('MCFG', 1, [...RESERVED, ...little(base, 8), ...little(0, 2), 0, buses - 1, ...little(0, 4)]);
}

/** Windows ACPI emulated devices table: one read of the PM timer is enough. */
export function waet(): readonly number[] {
  const PM_TIMER_GOOD = 2;
  return table('WAET', 1, little(PM_TIMER_GOOD, 4));
}

/** Generic address structure (5.2.3.2) of I/O ports. */
export function ioAddress(port: number, bitWidth: number): number[] {
  return [1, bitWidth, 0, 0, ...little(port, 8)];
}
