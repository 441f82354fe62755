/** How the domain builder starts the boot processor (xg_dom_x86.c: vcpu_hvm; fact sheet 1.5). */
import type { Gpa } from '../../../../quantities/units';
import type { CpuState, SegmentState } from '../../../core-host/types';

const RBX = 3;
const CR0_PE = 1n;
const CR0_ET = 0x10n;
const RFLAGS_RESET = 2n;
const DR6_RESET = 0xffff_0ff0n;
const DR7_RESET = 0x400n;
/** Accessed code and data, 32-bit, 4 GiB; busy 32-bit TSS. Selectors are null: only the hidden parts are live. */
const FLAT_CODE = 0xc9b;
const FLAT_DATA = 0xc93;
const BUSY_TSS = 0x8b;
const TSS_LIMIT = 0x67;

function segment(limit: number, attributes: number): SegmentState {
  return { selector: 0, base: 0n, limit, attributes };
}

/** Flat 32-bit protected mode without paging, at the loader's entry with EBX = start info. */
export function bootVcpuState(base: CpuState, entry: Gpa, startInfo: Gpa): CpuState {
  const gpr = base.gpr.map(() => 0n);
  gpr[RBX] = BigInt(startInfo);
  const dr = base.dr.map(() => 0n);
  dr[6] = DR6_RESET;
  dr[7] = DR7_RESET;
  const none = segment(0, 0);
  const data = segment(0xffff_ffff, FLAT_DATA);
  return {
    ...base,
    gpr,
    dr,
    rip: BigInt(entry),
    rflags: RFLAGS_RESET,
    segments: {
      cs: segment(0xffff_ffff, FLAT_CODE),
      ds: { ...data },
      es: { ...data },
      ss: { ...data },
      fs: { ...none },
      gs: { ...none },
      ldtr: { ...none },
      tr: segment(TSS_LIMIT, BUSY_TSS),
    },
    gdtr: { base: 0n, limit: 0 },
    idtr: { base: 0n, limit: 0 },
    cr0: CR0_PE | CR0_ET,
    cr2: 0n,
    cr3: 0n,
    cr4: 0n,
    cr8: 0n,
    efer: 0n,
    activity: 0,
  };
}
