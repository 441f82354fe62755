import type { CoreHooks } from './types';

function allOnes(size: number): number {
  return 2 ** (8 * size) - 1;
}

/** A CPU alone: no device answers, so reads of ports and holes give all ones. */
export const SILENT_HOOKS: CoreHooks = {
  portRead: (_port, size) => allOnes(size),
  portWrite: () => undefined,
  mmioRead: (_gpa, size) => allOnes(size),
  mmioWrite: () => undefined,
  cpuid: (_leaf, _subleaf, out) => out.fill(0),
  readMsr: () => undefined,
  writeMsr: () => false,
  addedNs: () => 0,
  vmcall: () => false,
  acknowledgeInterrupt: () => 0,
  controlRegister: () => undefined,
  modeChanged: () => undefined,
  exception: () => undefined,
  softwareInterrupt: () => undefined,
  undefinedOpcode: () => undefined,
  executionWatch: () => undefined,
  memoryWatch: () => undefined,
  sensitiveInstruction: () => undefined,
};
