/** vcpu_hvm_context (public/hvm/hvm_vcpu.h): the registers that VCPUOP_initialise starts a vCPU with. */
import type { CpuState, SegmentName, SegmentState } from '../../../core-host/types';
import { EINVAL, XenError } from '../errno';
import type { GuestAccess, GuestStruct } from '../guest-access';

const CONTEXT_BYTES = 128;
const REGISTERS = 8;
const MODE_32 = 0;
const MODE_64 = 1;
const CR0_PG = 1n << 31n;
const CR4_PAE = 1n << 5n;
const EFER_LME = 1n << 8n;
const EFER_LMA = 1n << 10n;

/** Offsets of the 32-bit form, from the registers. */
const AT_32 = { cr0: 40, cr3: 44, cr4: 48, efer: 56, base: 64, limit: 84, attributes: 104 } as const;
/** Offsets of the 64-bit form. */
const AT_64 = { rip: 64, rflags: 72, cr0: 80, cr3: 88, cr4: 96, efer: 104 } as const;
const SEGMENTS: readonly SegmentName[] = ['cs', 'ds', 'ss', 'es', 'tr'];

function segments32(struct: GuestStruct): Record<string, SegmentState> {
  const entries = SEGMENTS.map((name, index): [string, SegmentState] => [
    name,
    {
      selector: 0,
      base: BigInt(struct.u32(REGISTERS + AT_32.base + index * 4)),
      limit: struct.u32(REGISTERS + AT_32.limit + index * 4),
      attributes: struct.u16(REGISTERS + AT_32.attributes + index * 2),
    },
  ]);
  return Object.fromEntries(entries);
}

function segments64(): Record<string, SegmentState> {
  const flat = (attributes: number): SegmentState => ({ selector: 0, base: 0n, limit: 0xffff_ffff, attributes });
  return {
    cs: flat(0xa9b),
    ds: flat(0xc93),
    ss: flat(0xc93),
    es: flat(0xc93),
    tr: { selector: 0, base: 0n, limit: 0x67, attributes: 0x8b },
  };
}

function from32(struct: GuestStruct, base: CpuState): CpuState {
  const register = (index: number): bigint => BigInt(struct.u32(REGISTERS + index * 4));
  const efer = struct.u64(REGISTERS + AT_32.efer);
  return {
    ...base,
    gpr: Array.from({ length: 16 }, (_, index) => (index < 8 ? register(index) : 0n)),
    rip: register(8),
    rflags: register(9) | 2n,
    cr0: BigInt(struct.u32(REGISTERS + AT_32.cr0)),
    cr3: BigInt(struct.u32(REGISTERS + AT_32.cr3)),
    cr4: BigInt(struct.u32(REGISTERS + AT_32.cr4)),
    efer: (efer & EFER_LME) !== 0n ? efer | EFER_LMA : efer,
    segments: { ...base.segments, ...segments32(struct) },
  };
}

function from64(struct: GuestStruct, base: CpuState): CpuState {
  const natural = (offset: number): bigint => struct.u64(REGISTERS + offset);
  const [cr0, cr4, efer] = [natural(AT_64.cr0), natural(AT_64.cr4), natural(AT_64.efer)];
  if ((cr0 & CR0_PG) === 0n || (cr4 & CR4_PAE) === 0n || (efer & EFER_LME) === 0n) throw new XenError(EINVAL);
  return {
    ...base,
    gpr: Array.from({ length: 16 }, (_, index) => (index < 8 ? natural(index * 8) : 0n)),
    rip: natural(AT_64.rip),
    rflags: natural(AT_64.rflags) | 2n,
    cr0,
    cr3: natural(AT_64.cr3),
    cr4,
    efer: efer | EFER_LMA,
    segments: { ...base.segments, ...segments64() },
  };
}

/**
 * Reads a context over a reset vCPU's state.
 * @throws XenError EFAULT, EINVAL.
 */
export function readVcpuContext(access: GuestAccess, pointer: bigint, base: CpuState): CpuState {
  const struct = access.read(pointer, CONTEXT_BYTES);
  const mode = struct.u32(0);
  if (mode !== MODE_32 && mode !== MODE_64) throw new XenError(EINVAL);
  return mode === MODE_32 ? from32(struct, base) : from64(struct, base);
}
