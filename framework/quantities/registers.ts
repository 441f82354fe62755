/** Names of guest registers that specs may test; widths in bits. A narrow name is part of its 64-bit register. */
const GENERAL: Readonly<Record<string, readonly string[]>> = {
  '64': ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip', 'rflags'],
  '32': ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eip', 'eflags'],
  '16': ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di', 'ip', 'flags', 'cs', 'ds', 'es', 'fs', 'gs', 'ss', 'tr', 'ldtr'],
  '8': ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'],
};
const CONTROL = ['cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'efer'] as const;

/** Every register name, with its width in bits. */
export const REGISTER_BITS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(GENERAL).flatMap(([bits, names]) => names.map((name): [string, number] => [name, Number(bits)])),
  ...CONTROL.map((name): [string, number] => [name, 64]),
]);
