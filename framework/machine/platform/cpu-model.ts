/** The CPU that guests see: what CPUID says, from the same feature words that decide what the core decodes (SDM vol. 2, CPUID). */
import * as layout from '../core/layout';
import type { Core } from '../core-host/types';
import type { MachineConfig } from '../types';
import type { MsrFileOptions } from './msr-file';

/** The x86-64 psABI's baseline, and of the system side what the core has. */
const BASELINE =
  layout.FEATURE_FPU |
  layout.FEATURE_VME |
  layout.FEATURE_DE |
  layout.FEATURE_PSE |
  layout.FEATURE_TSC |
  layout.FEATURE_MSR |
  layout.FEATURE_PAE |
  layout.FEATURE_CX8 |
  layout.FEATURE_SEP |
  layout.FEATURE_PGE |
  layout.FEATURE_CMOV |
  layout.FEATURE_CLFLUSH |
  layout.FEATURE_MMX |
  layout.FEATURE_FXSR |
  layout.FEATURE_SSE |
  layout.FEATURE_SSE2 |
  layout.FEATURE_SYSCALL |
  layout.FEATURE_NX |
  layout.FEATURE_LM |
  layout.FEATURE_RDTSCP;

/** What the second level adds, with MOVBE. */
const LEVEL_2 =
  layout.FEATURE_SSE3 |
  layout.FEATURE_SSSE3 |
  layout.FEATURE_SSE41 |
  layout.FEATURE_SSE42 |
  layout.FEATURE_POPCNT |
  layout.FEATURE_MOVBE |
  layout.FEATURE_CX16 |
  layout.FEATURE_LAHF64;

/** Family 6, model 26, stepping 5. */
const SIGNATURE = 0x0001_06a5;
/** Family 6, model 42, stepping 7: sold with and without AVX. */
const SIGNATURE_INTEL = 0x0002_06a7;

/** They came to processors with the second level. */
const CIPHERS = layout.FEATURE2_AES | layout.FEATURE2_PCLMULQDQ;

/** Signature, FEATURES and FEATURES2 words by the model's name. */
export const CPU_MODELS = {
  'x86-64': { signature: SIGNATURE, features: BASELINE, features2: 0 },
  'x86-64-v2': { signature: SIGNATURE, features: BASELINE | LEVEL_2, features2: CIPHERS },
  'x86-64-v2-xsave': { signature: SIGNATURE, features: BASELINE | LEVEL_2, features2: CIPHERS | layout.FEATURE2_XSAVE },
  intel: {
    signature: SIGNATURE_INTEL,
    features: BASELINE | LEVEL_2 | layout.FEATURE_MONITOR | layout.FEATURE_SMEP | layout.FEATURE_SMAP,
    features2:
      CIPHERS |
      layout.FEATURE2_XSAVE |
      layout.FEATURE2_PREFETCHW |
      layout.FEATURE2_PAGE1GB |
      layout.FEATURE2_X2APIC |
      layout.FEATURE2_TSC_DEADLINE,
  },
} as const;
export const DEFAULT_CPU = 'x86-64-v2';

/** The model as a machine has it: with machine checks, of which every platform's chipset tells, and what its configuration adds. */
export function configuredCpu({ cpu = DEFAULT_CPU, rdrand }: Pick<MachineConfig, 'cpu' | 'rdrand'>): CpuKind {
  const model = CPU_MODELS[cpu];
  return { ...model, features2: model.features2 | layout.FEATURE2_MCE | (rdrand === undefined ? 0 : layout.FEATURE2_RDRAND) };
}

export interface CpuKind {
  /** EAX of leaf 1: family, model and stepping. */
  readonly signature: number;
  /** FEATURES and FEATURES2 of core/layout.ts. */
  readonly features: number;
  readonly features2: number;
}

export interface CpuModel extends CpuKind {
  readonly physicalAddressBits: number;
  readonly vcpus: number;
  /** Local APIC present and shown in leaf 1. */
  readonly apic: boolean;
  /** "Hypervisor present", leaf 1 ECX bit 31. */
  readonly hypervisor: boolean;
  /** Initial local APIC ID of a vCPU. */
  apicId(vcpu: number): number;
}

/** What the running vCPU adds to the model. */
export interface CpuMoment {
  readonly vcpu: number;
  /** APIC globally enabled in IA32_APIC_BASE. */
  readonly apicEnabled: boolean;
  /** CR4.OSXSAVE. */
  readonly osxsave: boolean;
  /** IA32_MISC_ENABLE has MONITOR off. */
  readonly monitorOff?: boolean;
}

const APIC_FEATURES = layout.FEATURE2_X2APIC | layout.FEATURE2_TSC_DEADLINE;
const VENDOR = 'GenuineIntel';
const BRAND = 'Milepost Virtual CPU';
const TOPOLOGY_LEAF = 0xb;
const XSAVE_LEAF = 0xd;
const CR4_OSXSAVE = 1n << 18n;
/** XCR0 has x87 and SSE; the area is the legacy region and the header. */
const XSAVE_COMPONENTS = 3;
const XSAVE_BYTES = 512 + 64;
const XSAVEOPT = 1;
/** They are listed, and masked interrupts may end an MWAIT. */
const MWAIT_EXTENSIONS = 3;
const ONE_C1_STATE = 0x10;
const HIGHEST_EXTENDED = 0x8000_0008;
const LINEAR_ADDRESS_BITS = 48;

type Registers = readonly [eax: number, ebx: number, ecx: number, edx: number];
const NONE: Registers = [0, 0, 0, 0];

type Bit = readonly [feature: number, bit: number];

const LEAF1_EDX: readonly Bit[] = [
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
const LEAF1_EDX2: readonly Bit[] = [
  [layout.FEATURE2_MCE, 7],
  [layout.FEATURE2_MCE, 14], // MCA
];
const LEAF1_ECX: readonly Bit[] = [
  [layout.FEATURE_SSE3, 0],
  [layout.FEATURE_MONITOR, 3],
  [layout.FEATURE_SSSE3, 9],
  [layout.FEATURE_CX16, 13],
  [layout.FEATURE_SSE41, 19],
  [layout.FEATURE_SSE42, 20],
  [layout.FEATURE_MOVBE, 22],
  [layout.FEATURE_POPCNT, 23],
];
const LEAF1_ECX2: readonly Bit[] = [
  [layout.FEATURE2_PCLMULQDQ, 1],
  [layout.FEATURE2_PCID, 17],
  [layout.FEATURE2_X2APIC, 21],
  [layout.FEATURE2_TSC_DEADLINE, 24],
  [layout.FEATURE2_AES, 25],
  [layout.FEATURE2_XSAVE, 26],
  [layout.FEATURE2_RDRAND, 30],
];
const LEAF7_EBX: readonly Bit[] = [
  [layout.FEATURE_SMEP, 7],
  [layout.FEATURE_SMAP, 20],
];
const LEAF7_EBX2: readonly Bit[] = [
  [layout.FEATURE2_FSGSBASE, 0],
  [layout.FEATURE2_BMI1, 3],
  [layout.FEATURE2_BMI2, 8],
  [layout.FEATURE2_INVPCID, 10],
];
const LEAF7_ECX2: readonly Bit[] = [[layout.FEATURE2_UMIP, 2]];
const EXTENDED1_ECX: readonly Bit[] = [[layout.FEATURE_LAHF64, 0]];
const EXTENDED1_ECX2: readonly Bit[] = [
  [layout.FEATURE2_LZCNT, 5],
  [layout.FEATURE2_PREFETCHW, 8],
];
const EXTENDED1_EDX: readonly Bit[] = [
  [layout.FEATURE_SYSCALL, 11],
  [layout.FEATURE_NX, 20],
  [layout.FEATURE_RDTSCP, 27],
  [layout.FEATURE_LM, 29],
];
const EXTENDED1_EDX2: readonly Bit[] = [[layout.FEATURE2_PAGE1GB, 26]];

function bits(word: number, table: readonly Bit[]): number {
  return table.reduce((sum, [feature, bit]) => (word & feature ? sum | (1 << bit) : sum), 0);
}

function text(value: string, offset: number): number {
  return [3, 2, 1, 0].reduce((sum, index) => sum * 256 + (value.charCodeAt(offset + index) || 0), 0);
}

function leaf1(model: CpuModel, moment: CpuMoment): Registers {
  const features2 = model.apic ? model.features2 : model.features2 & ~APIC_FEATURES;
  const features = moment.monitorOff === true ? model.features & ~layout.FEATURE_MONITOR : model.features;
  const threads = model.vcpus > 1 ? 2 ** Math.ceil(Math.log2(model.apicId(model.vcpus - 1) + 1)) : 1;
  const ebx = model.apicId(moment.vcpu) * 2 ** 24 + (Math.min(threads, 255) << 16) + (8 << 8);
  const osxsave = moment.osxsave ? 1 << 27 : 0;
  const ecx = bits(features, LEAF1_ECX) | bits(features2, LEAF1_ECX2) | osxsave | (model.hypervisor ? 1 << 31 : 0);
  const apic = model.apic && moment.apicEnabled ? 1 << 9 : 0;
  const htt = model.vcpus > 1 ? 1 << 28 : 0;
  return [model.signature, ebx, ecx, bits(features, LEAF1_EDX) | bits(features2, LEAF1_EDX2) | apic | htt];
}

/** Deterministic cache parameters: type, level, ways, sets of 64-byte lines. */
const CACHES: readonly (readonly [type: number, level: number, ways: number, sets: number])[] = [
  [1, 1, 8, 64],
  [2, 1, 4, 128],
  [3, 2, 8, 512],
  [3, 3, 16, 8192],
];

function leaf4(model: CpuModel, subleaf: number): Registers {
  const cache = CACHES[subleaf];
  if (!cache) return NONE;
  const [type, level, ways, sets] = cache;
  const shared = level === 3 ? Math.min(4095, model.vcpus - 1) : 0;
  const cores = Math.min(63, model.vcpus - 1);
  return [type | (level << 5) | (1 << 8) | (shared << 14) | (cores << 26), ((ways - 1) << 22) | 63, sets - 1, level === 3 ? 2 : 0];
}

/** Extended topology: one thread a core, every core in one package. */
function leaf11(model: CpuModel, moment: CpuMoment, subleaf: number): Registers {
  const id = model.apicId(moment.vcpu);
  const coreShift = model.vcpus > 1 ? Math.ceil(Math.log2(model.apicId(model.vcpus - 1) + 1)) : 0;
  if (subleaf === 0) return [0, 1, 1 << 8, id];
  if (subleaf === 1) return [coreShift, model.vcpus, (2 << 8) | 1, id];
  return [0, 0, subleaf & 0xff, id];
}

function highestBasic({ features2 }: CpuModel): number {
  return features2 & layout.FEATURE2_XSAVE ? XSAVE_LEAF : TOPOLOGY_LEAF;
}

/** Extended state: the same size whatever XCR0 enables, for SSE lies in the legacy region. */
function leaf13({ features2 }: CpuModel, subleaf: number): Registers {
  if (!(features2 & layout.FEATURE2_XSAVE)) return NONE;
  if (subleaf === 0) return [XSAVE_COMPONENTS, XSAVE_BYTES, XSAVE_BYTES, 0];
  return subleaf === 1 ? [XSAVEOPT, 0, 0, 0] : NONE;
}

function basicLeaf(model: CpuModel, moment: CpuMoment, leaf: number, subleaf: number): Registers {
  switch (leaf) {
    case 0:
      return [highestBasic(model), text(VENDOR, 0), text(VENDOR, 8), text(VENDOR, 4)];
    case 1:
      return leaf1(model, moment);
    case 2: // one descriptor round; caches are in leaf 4
      return [0x00ff_0001 | 0, 0, 0, 0];
    case 4:
      return leaf4(model, subleaf);
    case 5: // lines, extensions and sub-states of C0, C1, … of MONITOR and MWAIT
      return model.features & layout.FEATURE_MONITOR
        ? [layout.MONITOR_LINE_BYTES, layout.MONITOR_LINE_BYTES, MWAIT_EXTENSIONS, ONE_C1_STATE]
        : NONE;
    case 6: // ARAT: the APIC timer never stops
      return [4, 0, 0, 0];
    case 7:
      if (subleaf !== 0) return NONE;
      return [0, bits(model.features, LEAF7_EBX) | bits(model.features2, LEAF7_EBX2), bits(model.features2, LEAF7_ECX2), 0];
    case TOPOLOGY_LEAF:
      return model.apic ? leaf11(model, moment, subleaf) : NONE;
    case XSAVE_LEAF:
      return leaf13(model, subleaf);
    default:
      return NONE;
  }
}

function extendedLeaf(model: CpuModel, leaf: number): Registers {
  switch (leaf) {
    case 0x8000_0000:
      return [HIGHEST_EXTENDED, 0, 0, 0];
    case 0x8000_0001:
      return [
        0,
        0,
        bits(model.features, EXTENDED1_ECX) | bits(model.features2, EXTENDED1_ECX2),
        bits(model.features, EXTENDED1_EDX) | bits(model.features2, EXTENDED1_EDX2),
      ];
    case 0x8000_0002:
    case 0x8000_0003:
    case 0x8000_0004: {
      const at = (leaf - 0x8000_0002) * 16;
      return [text(BRAND, at), text(BRAND, at + 4), text(BRAND, at + 8), text(BRAND, at + 12)];
    }
    case 0x8000_0006: // L2: 256 KiB, 8 ways, 64-byte lines
      return [0, 0, (256 << 16) | (6 << 12) | 64, 0];
    case 0x8000_0007: // invariant TSC
      return [0, 0, 0, 1 << 8];
    case 0x8000_0008:
      return [model.physicalAddressBits | (LINEAR_ADDRESS_BITS << 8), 0, 0, 0];
    default:
      return NONE;
  }
}

/**
 * CPUID of the model into `out`. Leaves 4000_0000h-4FFF_FFFFh (a hypervisor's) read 0; any other leaf past the highest basic or
 * extended one gives the highest basic leaf, as Intel's CPUs do.
 */
export function cpuid(model: CpuModel, moment: CpuMoment, leaf: number, subleaf: number, out: Uint32Array): void {
  if (leaf >= 0x4000_0000 && leaf <= 0x4fff_ffff) out.set(NONE);
  else if (leaf >= 0x8000_0000 && leaf <= HIGHEST_EXTENDED) out.set(extendedLeaf(model, leaf));
  else out.set(basicLeaf(model, moment, Math.min(leaf, highestBasic(model)), subleaf));
}

/** CPUID shows what CR4 has, as the running vCPU has it. */
export function osxsaveOf(core: Pick<Core, 'controlRegister'>): boolean {
  return (core.controlRegister(4) & CR4_OSXSAVE) !== 0n;
}

/** What IA32_MISC_ENABLE switches, when the model has it. */
export function monitorSwitch({ features }: CpuKind, core: Pick<Core, 'setMonitorEnabled'>): Pick<MsrFileOptions, 'monitor'> {
  return features & layout.FEATURE_MONITOR ? { monitor: (vcpu, enabled) => core.setMonitorEnabled(vcpu, enabled) } : {};
}
