/** CPUID leaves of the hypervisor, 4000_0000h and up (public/arch-x86/cpuid.h; xen/arch/x86/traps.c of 4.17). */
import { XEN_MAJOR, XEN_MINOR } from './hypercalls/xen-version';
import type { TimeScale } from './shared-info';

const BASE = 0x4000_0000;
const LEAVES = 5;
export const HYPERCALL_PAGE_MSR = 0x4000_0000;
/** "XenVMMXenVMM" in EBX, ECX, EDX. */
const SIGNATURE = [0x566e_6558, 0x6558_4d4d, 0x4d4d_566e] as const;

/** Leaf 3: the host's TSC is safe, RDTSCP exists. */
const TIME_FEATURES = 0b110;
const FIRST_INCARNATION = 1;
/** Leaf 4: grant mappings reach the IOMMU; vCPU and domain ids are given; per-vCPU upcall vectors work. */
const HVM_FEATURES = (1 << 2) | (1 << 3) | (1 << 4) | (1 << 6);

export interface XenCpuidContext {
  readonly vcpu: number;
  readonly domid: number;
  readonly tscKhz: number;
  readonly scale: TimeScale;
}

/** Fills `out` when the leaf is Xen's; false for any other. */
export function xenCpuid(context: XenCpuidContext, leaf: number, subleaf: number, out: Uint32Array): boolean {
  if (leaf < BASE || leaf > BASE + 0xffff) return false;
  out.set(xenLeaf(context, leaf - BASE, subleaf));
  return true;
}

function xenLeaf(context: XenCpuidContext, index: number, subleaf: number): readonly [number, number, number, number] {
  switch (index) {
    case 0:
      return [BASE + LEAVES, ...SIGNATURE];
    case 1:
      return [XEN_MAJOR * 0x10000 + XEN_MINOR, 0, 0, 0];
    case 2:
      return [1, HYPERCALL_PAGE_MSR, 0, 0];
    case 3:
      return timeLeaf(context, subleaf);
    case 4:
      return subleaf === 0 ? [HVM_FEATURES, context.vcpu, context.domid, 0] : [0, 0, 0, 0];
    default:
      return [0, 0, 0, 0];
  }
}

function timeLeaf({ tscKhz, scale }: XenCpuidContext, subleaf: number): readonly [number, number, number, number] {
  switch (subleaf) {
    case 0:
      return [TIME_FEATURES, 0, tscKhz, FIRST_INCARNATION];
    case 1:
      return [0, 0, scale.mul, scale.shift >>> 0];
    case 2:
      return [tscKhz, 0, 0, 0];
    default:
      return [0, 0, 0, 0];
  }
}
