/** The CPU that guests see: what CPUID says, from the same feature words that decide what the core decodes (SDM vol. 2, CPUID). */
import { MONITOR_LINE_BYTES } from '../../core/layout/cpu-state';
import * as layout from '../../core/layout/features';
import type { Core } from '../../core-host/types';
import { CACHES, HIGHEST_EXTENDED, coreShift, extendedLeaf, vendorOf } from './extended';
import {
  LEAF1_ECX,
  LEAF1_ECX2,
  LEAF1_EDX,
  LEAF1_EDX2,
  LEAF7_EBX,
  LEAF7_EBX2,
  LEAF7_ECX2,
  NONE,
  type Registers,
  bits,
} from './feature-bits';
import { type CpuModel, type CpuMoment, isAmd } from './models';

const APIC_FEATURES = layout.FEATURE2_X2APIC | layout.FEATURE2_TSC_DEADLINE;
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

function leaf1(model: CpuModel, moment: CpuMoment): Registers {
  const features2 = model.apic ? model.features2 : model.features2 & ~APIC_FEATURES;
  const features = moment.monitorOff === true ? model.features & ~layout.FEATURE_MONITOR : model.features;
  const threads = 2 ** coreShift(model);
  const ebx = model.apicId(moment.vcpu) * 2 ** 24 + (Math.min(threads, 255) << 16) + (8 << 8);
  const osxsave = moment.osxsave ? 1 << 27 : 0;
  const ecx = bits(features, LEAF1_ECX) | bits(features2, LEAF1_ECX2) | osxsave | (model.hypervisor ? 1 << 31 : 0);
  const apic = model.apic && moment.apicEnabled ? 1 << 9 : 0;
  const htt = model.vcpus > 1 ? 1 << 28 : 0;
  return [model.signature, ebx, ecx, bits(features, LEAF1_EDX) | bits(features2, LEAF1_EDX2) | apic | htt];
}

/** Deterministic cache parameters. */
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
  if (subleaf === 0) return [0, 1, 1 << 8, id];
  if (subleaf === 1) return [coreShift(model), model.vcpus, (2 << 8) | 1, id];
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
      return [highestBasic(model), ...vendorOf(model)];
    case 1:
      return leaf1(model, moment);
    case 2: // Intel's: one descriptor round; caches are in leaf 4
      return isAmd(model) ? NONE : [0x00ff_0001, 0, 0, 0];
    case 4:
      return isAmd(model) ? NONE : leaf4(model, subleaf);
    case 5: // lines, extensions and sub-states of C0, C1, … of MONITOR and MWAIT
      return model.features & layout.FEATURE_MONITOR ? [MONITOR_LINE_BYTES, MONITOR_LINE_BYTES, MWAIT_EXTENSIONS, ONE_C1_STATE] : NONE;
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

/**
 * CPUID of the model into `out`. Leaves 4000_0000h-4FFF_FFFFh (a hypervisor's) read 0; any other leaf past the highest basic or
 * extended one gives the highest basic leaf on Intel's CPUs, and 0 on AMD's.
 */
export function cpuid(model: CpuModel, moment: CpuMoment, leaf: number, subleaf: number, out: Uint32Array): void {
  if (leaf >= 0x4000_0000 && leaf <= 0x4fff_ffff) out.set(NONE);
  else if (leaf >= 0x8000_0000 && leaf <= HIGHEST_EXTENDED) out.set(extendedLeaf(model, leaf, leaf1(model, moment)));
  else out.set(basicLeaf(model, moment, isAmd(model) ? leaf : Math.min(leaf, highestBasic(model)), subleaf));
}

/** CPUID shows what CR4 has, as the running vCPU has it. */
export function osxsaveOf(core: Pick<Core, 'controlRegister'>): boolean {
  return (core.controlRegister(4) & CR4_OSXSAVE) !== 0n;
}
