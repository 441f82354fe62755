import {
  ACTIVITY,
  CPL,
  CR,
  DR,
  EFER,
  EFLAGS,
  FLAG_AUX,
  FLAG_RESULT,
  GDTR_BASE,
  GDTR_LIMIT,
  GPR,
  IDTR_BASE,
  IDTR_LIMIT,
  IP,
  MSR_CSTAR,
  MSR_FMASK,
  MSR_KERNEL_GS,
  MSR_LSTAR,
  MSR_PAT,
  MSR_STAR,
  MSR_SYSENTER_CS,
  MSR_SYSENTER_EIP,
  MSR_SYSENTER_ESP,
  MSR_TSC_AUX,
  MSR_TSC_OFFSET,
  SEGMENTS,
  SEGMENT_BYTES,
  SEG_ATTRIBUTES,
  SEG_FS,
  SEG_GS,
  SEG_HIDDEN_BASE,
  SEG_LIMIT,
  SEG_SELECTOR,
  SHADOW,
  STATE,
  STATE_BYTES,
} from '../core/layout/cpu-state';
import { SEGMENT_NAMES, type CpuState, type SegmentName, type SegmentState } from './types';
import type { Views } from './views';

/** The runtime's own fields and the x87/SSE state: everything of the page from here on is opaque. */
const INTERNAL = SHADOW;

/** CPU-kept MSRs and where they stand. The TSC is kept as its offset from the host's counter. */
const MSR_FIELDS: readonly (readonly [msr: number, field: number])[] = [
  [0x10, MSR_TSC_OFFSET],
  [0x174, MSR_SYSENTER_CS],
  [0x175, MSR_SYSENTER_ESP],
  [0x176, MSR_SYSENTER_EIP],
  [0x277, MSR_PAT],
  [0xc000_0080, EFER],
  [0xc000_0081, MSR_STAR],
  [0xc000_0082, MSR_LSTAR],
  [0xc000_0083, MSR_CSTAR],
  [0xc000_0084, MSR_FMASK],
  [0xc000_0100, SEG_FS + SEG_HIDDEN_BASE],
  [0xc000_0101, SEG_GS + SEG_HIDDEN_BASE],
  [0xc000_0102, MSR_KERNEL_GS],
  [0xc000_0103, MSR_TSC_AUX],
];

/** EFLAGS image from the lazy flags of layout/cpu-state.ts; `shift` is where the page stands relative to STATE. */
export function flagsImage(views: Views, shift = 0): number {
  const result = views.u64(FLAG_RESULT + shift);
  const aux = views.u32(FLAG_AUX + shift);
  let image = views.u32(EFLAGS + shift) | 2 | (aux >>> 31) | ((aux << 1) & 0x10);
  if (result === 0n) image |= 0x40;
  if (((Number(result >> 63n) ^ aux) & 1) !== 0) image |= 0x80;
  if (((aux ^ (aux << 1)) & 0x8000_0000) !== 0) image |= 0x800;
  let parity = (Number(result & 0xffn) ^ (aux >>> 8)) & 0xff;
  parity ^= parity >> 4;
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  if ((parity & 1) === 0) image |= 4;
  return image >>> 0;
}

/** Reads a vCPU from its page; `rip` is given because of the instruction under way. */
export function readCpu(views: Views, shift: number, rip: bigint): CpuState {
  const segments = {} as Record<SegmentName, SegmentState>;
  SEGMENT_NAMES.forEach((name, index) => {
    const at = SEGMENTS + index * SEGMENT_BYTES + shift;
    segments[name] = {
      selector: views.u32(at + SEG_SELECTOR),
      base: views.u64(at + SEG_HIDDEN_BASE),
      limit: views.u32(at + SEG_LIMIT),
      attributes: views.u32(at + SEG_ATTRIBUTES),
    };
  });
  const msrs: Record<number, bigint> = {};
  for (const [msr, field] of MSR_FIELDS) msrs[msr] = views.u64(field + shift);
  return {
    gpr: Array.from({ length: 16 }, (_, index) => views.u64(GPR + index * 8 + shift)),
    rip,
    rflags: BigInt(flagsImage(views, shift)),
    segments,
    gdtr: { base: views.u64(GDTR_BASE + shift), limit: views.u32(GDTR_LIMIT + shift) },
    idtr: { base: views.u64(IDTR_BASE + shift), limit: views.u32(IDTR_LIMIT + shift) },
    cr0: views.u64(CR + shift),
    cr2: views.u64(CR + 16 + shift),
    cr3: views.u64(CR + 24 + shift),
    cr4: views.u64(CR + 32 + shift),
    cr8: views.u64(CR + 64 + shift),
    efer: views.u64(EFER + shift),
    dr: Array.from({ length: 8 }, (_, index) => (index === 4 || index === 5 ? 0n : views.u64(DR + index * 8 + shift))),
    msrs,
    activity: views.u32(ACTIVITY + shift),
    internal: views.bytes.slice(INTERNAL + shift, STATE + STATE_BYTES + shift),
  };
}

/** Writes a vCPU to the STATE page; the caller lets the runtime derive the rest (`loaded`). An empty `internal` leaves those fields. */
export function writeCpu(views: Views, state: CpuState): void {
  views.bytes.set(state.internal.subarray(0, STATE + STATE_BYTES - INTERNAL), INTERNAL);
  state.gpr.forEach((value, index) => views.setU64(GPR + index * 8, value));
  views.setU64(IP, state.rip);
  SEGMENT_NAMES.forEach((name, index) => {
    const at = SEGMENTS + index * SEGMENT_BYTES;
    const segment = state.segments[name];
    views.setU32(at + SEG_SELECTOR, segment.selector);
    views.setU64(at + SEG_HIDDEN_BASE, segment.base);
    views.setU32(at + SEG_LIMIT, segment.limit);
    views.setU32(at + SEG_ATTRIBUTES, segment.attributes);
  });
  views.setU32(CPL, (state.segments.ss.attributes >> 5) & 3);
  views.setU64(GDTR_BASE, state.gdtr.base);
  views.setU32(GDTR_LIMIT, state.gdtr.limit);
  views.setU64(IDTR_BASE, state.idtr.base);
  views.setU32(IDTR_LIMIT, state.idtr.limit);
  for (const [msr, field] of MSR_FIELDS) {
    const value = state.msrs[msr];
    if (value !== undefined) views.setU64(field, value);
  }
  views.setU64(SEG_FS + SEG_HIDDEN_BASE, state.segments.fs.base);
  views.setU64(SEG_GS + SEG_HIDDEN_BASE, state.segments.gs.base);
  views.setU64(CR, state.cr0);
  views.setU64(CR + 16, state.cr2);
  views.setU64(CR + 24, state.cr3);
  views.setU64(CR + 32, state.cr4);
  views.setU64(CR + 64, state.cr8);
  views.setU64(EFER, state.efer);
  state.dr.forEach((value, index) => {
    if (index !== 4 && index !== 5) views.setU64(DR + index * 8, value);
  });
  views.setU32(ACTIVITY, state.activity);
}
