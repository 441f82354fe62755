/** VMX basic exit reasons (SDM vol. 3, appendix C) of what a PC guest does. */
export const VMX_EXIT = {
  EXCEPTION_OR_NMI: 0,
  EXTERNAL_INTERRUPT: 1,
  TRIPLE_FAULT: 2,
  INTERRUPT_WINDOW: 7,
  CPUID: 10,
  HLT: 12,
  VMCALL: 18,
  CR_ACCESS: 28,
  IO: 30,
  RDMSR: 31,
  WRMSR: 32,
  APIC_ACCESS: 44,
  EPT_VIOLATION: 48,
} as const;

/** Exit qualification of an I/O instruction (SDM table 28-5): size - 1, direction (1 = IN), string bit, port. */
export function ioQualification(port: number, size: number, isIn: boolean, isString: boolean): number {
  return size - 1 + (isIn ? 8 : 0) + (isString ? 16 : 0) + port * 0x1_0000;
}

/** Exit qualification of an EPT violation (SDM table 28-7): data read / data write, guest-linear address valid. */
export function eptQualification(isWrite: boolean): number {
  return (isWrite ? 2 : 1) | 0x80;
}

/** Exit qualification of an APIC access (SDM table 28-6): offset in the page, linear access by a data read / data write. */
export function apicAccessQualification(offset: number, isWrite: boolean): number {
  return offset + (isWrite ? 0x1000 : 0);
}
