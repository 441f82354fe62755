/** The CPU models that guests may have. Their words decide what the core decodes, and what CPUID says. */
import * as layout from '../../core/layout/features';
import type { Core } from '../../core-host/types';
import type { MachineConfig } from '../../types';
import { AMD_MSRS } from '../msr/amd-msrs';
import { INTEL_MSRS } from '../msr/intel-msrs';
import type { MsrFileOptions } from '../msr/msr-file';

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

/** AMD's family 17h, model 1, stepping 2. */
const SIGNATURE_AMD = 0x0080_0f12;

/** They came to processors with the second level. */
const CIPHERS = layout.FEATURE2_AES | layout.FEATURE2_PCLMULQDQ;
/** So did pages of 1 GiB, and kernels that never look at CPUID map their memory with them. */
const SECOND = CIPHERS | layout.FEATURE2_PAGE1GB;

/** Signature, FEATURES and FEATURES2 words by the model's name. */
export const CPU_MODELS = {
  'x86-64': { signature: SIGNATURE, features: BASELINE, features2: 0 },
  'x86-64-v2': { signature: SIGNATURE, features: BASELINE | LEVEL_2, features2: SECOND },
  'x86-64-v2-xsave': { signature: SIGNATURE, features: BASELINE | LEVEL_2, features2: SECOND | layout.FEATURE2_XSAVE },
  intel: {
    signature: SIGNATURE_INTEL,
    features: BASELINE | LEVEL_2 | layout.FEATURE_MONITOR | layout.FEATURE_SMEP | layout.FEATURE_SMAP,
    features2: SECOND | layout.FEATURE2_XSAVE | layout.FEATURE2_PREFETCHW | layout.FEATURE2_X2APIC | layout.FEATURE2_TSC_DEADLINE,
  },
  amd: {
    signature: SIGNATURE_AMD,
    features: BASELINE | LEVEL_2 | layout.FEATURE_MONITOR | layout.FEATURE_SMEP | layout.FEATURE_SMAP,
    features2: SECOND | layout.FEATURE2_XSAVE | layout.FEATURE2_PREFETCHW | layout.FEATURE2_AMD,
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
  /** FEATURES and FEATURES2 of core/layout. */
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
  /** A register of the maker's has MONITOR off. */
  readonly monitorOff?: boolean;
}

/** Its maker is AMD, not Intel. */
export function isAmd({ features2 }: Pick<CpuKind, 'features2'>): boolean {
  return (features2 & layout.FEATURE2_AMD) !== 0;
}

/** The maker's registers, and what switches MONITOR when the model has it. */
export function modelMsrs(kind: CpuKind, core: Pick<Core, 'setMonitorEnabled'>): Pick<MsrFileOptions, 'vendor' | 'monitor'> {
  const vendor = isAmd(kind) ? AMD_MSRS : INTEL_MSRS;
  if (!(kind.features & layout.FEATURE_MONITOR)) return { vendor };
  return { vendor, monitor: (vcpu, enabled) => core.setMonitorEnabled(vcpu, enabled) };
}
