/** Where CPUID has the features, by leaf and register. */
import * as layout from '../../core/layout/features';

export type Registers = readonly [eax: number, ebx: number, ecx: number, edx: number];
export const NONE: Registers = [0, 0, 0, 0];

type Bit = readonly [feature: number, bit: number];

export const LEAF1_EDX: readonly Bit[] = [
  [layout.FEATURE_FPU, 0],
  [layout.FEATURE_VME, 1],
  [layout.FEATURE_DE, 2],
  [layout.FEATURE_PSE, 3],
  [layout.FEATURE_TSC, 4],
  [layout.FEATURE_MSR, 5],
  [layout.FEATURE_PAE, 6],
  [layout.FEATURE_CX8, 8],
  [layout.FEATURE_SEP, 11],
  [layout.FEATURE_MSR, 12], // MTRR
  [layout.FEATURE_PGE, 13],
  [layout.FEATURE_CMOV, 15],
  [layout.FEATURE_MSR, 16], // PAT
  [layout.FEATURE_PSE, 17], // PSE-36
  [layout.FEATURE_CLFLUSH, 19],
  [layout.FEATURE_MMX, 23],
  [layout.FEATURE_FXSR, 24],
  [layout.FEATURE_SSE, 25],
  [layout.FEATURE_SSE2, 26],
];
export const LEAF1_EDX2: readonly Bit[] = [
  [layout.FEATURE2_MCE, 7],
  [layout.FEATURE2_MCE, 14], // MCA
];
export const LEAF1_ECX: readonly Bit[] = [
  [layout.FEATURE_SSE3, 0],
  [layout.FEATURE_MONITOR, 3],
  [layout.FEATURE_SSSE3, 9],
  [layout.FEATURE_CX16, 13],
  [layout.FEATURE_SSE41, 19],
  [layout.FEATURE_SSE42, 20],
  [layout.FEATURE_MOVBE, 22],
  [layout.FEATURE_POPCNT, 23],
];
export const LEAF1_ECX2: readonly Bit[] = [
  [layout.FEATURE2_PCLMULQDQ, 1],
  [layout.FEATURE2_PCID, 17],
  [layout.FEATURE2_X2APIC, 21],
  [layout.FEATURE2_TSC_DEADLINE, 24],
  [layout.FEATURE2_AES, 25],
  [layout.FEATURE2_XSAVE, 26],
  [layout.FEATURE2_RDRAND, 30],
];
export const LEAF7_EBX: readonly Bit[] = [
  [layout.FEATURE_SMEP, 7],
  [layout.FEATURE_SMAP, 20],
];
export const LEAF7_EBX2: readonly Bit[] = [
  [layout.FEATURE2_FSGSBASE, 0],
  [layout.FEATURE2_BMI1, 3],
  [layout.FEATURE2_BMI2, 8],
  [layout.FEATURE2_INVPCID, 10],
];
export const LEAF7_ECX2: readonly Bit[] = [[layout.FEATURE2_UMIP, 2]];
export const EXTENDED1_ECX: readonly Bit[] = [[layout.FEATURE_LAHF64, 0]];
export const EXTENDED1_ECX2: readonly Bit[] = [
  [layout.FEATURE2_LZCNT, 5],
  [layout.FEATURE2_PREFETCHW, 8],
];
export const EXTENDED1_EDX: readonly Bit[] = [
  [layout.FEATURE_SYSCALL, 11],
  [layout.FEATURE_NX, 20],
  [layout.FEATURE_RDTSCP, 27],
  [layout.FEATURE_LM, 29],
];
export const EXTENDED1_EDX2: readonly Bit[] = [[layout.FEATURE2_PAGE1GB, 26]];

export function bits(word: number, table: readonly Bit[]): number {
  return table.reduce((sum, [feature, bit]) => (word & feature ? sum | (1 << bit) : sum), 0);
}

/** Four characters of a text, as a register holds them. */
export function text(value: string, offset: number): number {
  return [3, 2, 1, 0].reduce((sum, index) => sum * 256 + (value.charCodeAt(offset + index) || 0), 0);
}
