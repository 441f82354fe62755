/** Which rows of the instruction set a user-mode program can be asked to run, and why not the others. */
import { INSTRUCTION_SET } from '../../machine/isa/instruction-set';
import type { Feature, Row } from '../../machine/isa/row';
import type { Host } from './host';

/** The CPU model with most instructions. */
export const SILICON_MODEL = 'x86-64-v2-xsave';

const LEFT_OUT: readonly (readonly [reason: string, mnemonics: string])[] = [
  ['calls the host kernel', 'SYSCALL SYSENTER VMCALL'],
  ['not in long mode on AMD', 'SYSEXIT'],
  ['says what the model is, or the time', 'CPUID RDTSC RDTSCP RDPMC RDRAND RDSEED XGETBV RDPID'],
  ['shows tables of the kernel, or its emulation of them', 'SGDT SIDT SLDT STR SMSW LAR LSL VERR VERW'],
  ['takes the thread pointer from the program under test', 'WRFSBASE WRGSBASE RDFSBASE RDGSBASE'],
];

const FLAG_OF: Record<Feature, string | undefined> = {
  tsc: undefined,
  msr: undefined,
  cx8: undefined,
  sep: undefined,
  cmov: '1.edx.15',
  clflush: '1.edx.19',
  mmx: '1.edx.23',
  fxsr: '1.edx.24',
  sse: '1.edx.25',
  sse2: '1.edx.26',
  sse3: '1.ecx.0',
  ssse3: '1.ecx.9',
  sse41: '1.ecx.19',
  sse42: '1.ecx.20',
  popcnt: '1.ecx.23',
  movbe: '1.ecx.22',
  cx16: '1.ecx.13',
  monitor: '1.ecx.3',
  rdrand: '1.ecx.30',
  rdtscp: '80000001.edx.27',
  lahf64: '80000001.ecx.0',
  smap: '7.ebx.20',
  xsave: '1.ecx.26',
  vmx: undefined,
  aes: '1.ecx.25',
  pclmulqdq: '1.ecx.1',
  amd: undefined,
};

export interface ChosenRows {
  readonly rows: readonly Row[];
  /** `mnemonic: reason`, each once. */
  readonly leftOut: readonly string[];
}

export function chooseRows(host: Host, isModelled: (feature: Feature) => boolean): ChosenRows {
  const reasons = new Map(LEFT_OUT.flatMap(([reason, mnemonics]) => mnemonics.split(' ').map((mnemonic) => [mnemonic, reason] as const)));
  const leftOut = new Set<string>();
  const rows = INSTRUCTION_SET.filter((row) => {
    const reason = reasons.get(row.mnemonic) ?? missing(row, host, isModelled);
    if (reason !== undefined) leftOut.add(`${row.mnemonic}: ${reason}`);
    return reason === undefined;
  });
  return { rows, leftOut: [...leftOut].sort() };
}

function missing({ feature, mnemonic }: Row, host: Host, isModelled: (feature: Feature) => boolean): string | undefined {
  if (feature === undefined) return undefined;
  if (mnemonic === 'XSAVEOPT' && !host.has('d1.eax.0')) return 'this host does not have it';
  const flag = FLAG_OF[feature];
  if (flag !== undefined && !host.has(flag)) return 'this host does not have it';
  return isModelled(feature) ? undefined : 'the CPU model does not have it';
}
