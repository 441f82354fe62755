/** Leaves 8000_0000h and up, in which Intel's and AMD's processors differ most (SDM vol. 2, CPUID; AMD64 manual vol. 3, appendix E). */
import { EXTENDED1_ECX, EXTENDED1_ECX2, EXTENDED1_EDX, EXTENDED1_EDX2, NONE, type Registers, bits, text } from './feature-bits';
import { type CpuModel, isAmd } from './models';

export const HIGHEST_EXTENDED = 0x8000_0008;
const BRAND = 'Milepost Virtual CPU';
const LINEAR_ADDRESS_BITS = 48;
/** Bits of leaf 1's EDX that AMD repeats in leaf 8000_0001h. */
const REPEATED = 0x0183_f3ff;
const CMP_LEGACY = 1 << 1;

/** Deterministic cache parameters: type, level, ways, sets of 64-byte lines. */
export const CACHES: readonly (readonly [type: number, level: number, ways: number, sets: number])[] = [
  [1, 1, 8, 64],
  [2, 1, 4, 128],
  [3, 2, 8, 512],
  [3, 3, 16, 8192],
];

/** Codes of leaf 8000_0006h for the number of ways. */
const WAYS: Readonly<Record<number, number>> = { 8: 6, 16: 8 };

/** EBX, ECX and EDX of leaf 0. */
export function vendorOf(model: CpuModel): readonly [ebx: number, ecx: number, edx: number] {
  const name = isAmd(model) ? 'AuthenticAMD' : 'GenuineIntel';
  return [text(name, 0), text(name, 8), text(name, 4)];
}

/** Bits of an APIC ID that number the processors of the one package. */
export function coreShift(model: CpuModel): number {
  return model.vcpus > 1 ? Math.ceil(Math.log2(model.apicId(model.vcpus - 1) + 1)) : 0;
}

function kib(index: number): number {
  const [, , ways, sets] = CACHES[index]!;
  return (ways * sets * 64) / 1024;
}

/** Size in KiB, ways, lines a tag, line size. */
function amdLevel1(index: number): number {
  return ((kib(index) << 24) | (CACHES[index]![2] << 16) | (1 << 8) | 64) >>> 0;
}

function features(model: CpuModel, [leaf1Eax, , , leaf1Edx]: Registers): Registers {
  const ecx = bits(model.features, EXTENDED1_ECX) | bits(model.features2, EXTENDED1_ECX2);
  const edx = bits(model.features, EXTENDED1_EDX) | bits(model.features2, EXTENDED1_EDX2);
  if (!isAmd(model)) return [0, 0, ecx, edx];
  return [leaf1Eax, 0, ecx | (model.vcpus > 1 ? CMP_LEGACY : 0), edx | (leaf1Edx & REPEATED)];
}

function sizes(model: CpuModel): Registers {
  const addresses = model.physicalAddressBits | (LINEAR_ADDRESS_BITS << 8);
  return [addresses, 0, isAmd(model) ? (coreShift(model) << 12) | (model.vcpus - 1) : 0, 0];
}

export function extendedLeaf(model: CpuModel, leaf: number, leaf1: Registers): Registers {
  switch (leaf) {
    case 0x8000_0000:
      return isAmd(model) ? [HIGHEST_EXTENDED, ...vendorOf(model)] : [HIGHEST_EXTENDED, 0, 0, 0];
    case 0x8000_0001:
      return features(model, leaf1);
    case 0x8000_0002:
    case 0x8000_0003:
    case 0x8000_0004: {
      const at = (leaf - 0x8000_0002) * 16;
      return [text(BRAND, at), text(BRAND, at + 4), text(BRAND, at + 8), text(BRAND, at + 12)];
    }
    case 0x8000_0005: // first level: data, instructions
      return isAmd(model) ? [0, 0, amdLevel1(0), amdLevel1(1)] : NONE;
    case 0x8000_0006: {
      const level2 = (kib(2) << 16) | (WAYS[CACHES[2]![2]]! << 12) | 64;
      const level3 = ((kib(3) / 512) << 18) | (WAYS[CACHES[3]![2]]! << 12) | (1 << 8) | 64;
      return [0, 0, level2, isAmd(model) ? level3 : 0];
    }
    case 0x8000_0007: // invariant TSC
      return [0, 0, 0, 1 << 8];
    case 0x8000_0008:
      return sizes(model);
    default:
      return NONE;
  }
}
