import type { Gpa } from '../../../quantities/units';
import type { CpuState, SegmentState } from '../../core-host/types';

const CR0_PE = 1n;
const CR0_ET = 0x10n;
const CR0_PG = 1n << 31n;
const CR4_PAE = 0x20n;
/** Long mode enabled and active. */
const EFER_LONG = 0x500n;
const RFLAGS_RESET = 2n;
const CODE32 = 0xc9b;
const CODE64 = 0xa9b;
const DATA32 = 0xc93;
const BUSY_TSS = 0x8b;
const TSS_LIMIT = 0x67;

/** Numbers of the general registers in `CpuState.gpr`. */
export const [RAX, RBX, RSP, RSI] = [0, 3, 4, 6] as const;

export interface StartState {
  readonly entry: Gpa;
  /** Values of general registers by number; the others are 0. */
  readonly registers: Readonly<Record<number, Gpa>>;
  readonly selectors: { readonly code: number; readonly data: number };
  readonly gdt: { readonly base: Gpa; readonly limit: number };
  /** Page tables: the kernel starts in 64-bit mode. */
  readonly pageTables?: Gpa;
}

/** Flat 32-bit protected mode without paging, or 64-bit mode over page tables; interrupts off. */
export function startState(reset: CpuState, start: StartState): CpuState {
  const { entry, registers, selectors, gdt, pageTables } = start;
  const wide = pageTables !== undefined;
  const flat = (selector: number, attributes: number): SegmentState => ({ selector, base: 0n, limit: 0xffff_ffff, attributes });
  const data = flat(selectors.data, DATA32);
  return {
    ...reset,
    gpr: reset.gpr.map((_, index) => BigInt(registers[index] ?? 0)),
    rip: BigInt(entry),
    rflags: RFLAGS_RESET,
    segments: {
      cs: flat(selectors.code, wide ? CODE64 : CODE32),
      ds: { ...data },
      es: { ...data },
      ss: { ...data },
      fs: { ...data },
      gs: { ...data },
      ldtr: { selector: 0, base: 0n, limit: 0, attributes: 0 },
      tr: { selector: 0, base: 0n, limit: TSS_LIMIT, attributes: BUSY_TSS },
    },
    gdtr: { base: BigInt(gdt.base), limit: gdt.limit },
    idtr: { base: 0n, limit: 0 },
    cr0: CR0_PE | CR0_ET | (wide ? CR0_PG : 0n),
    cr3: BigInt(pageTables ?? 0),
    cr4: wide ? CR4_PAE : 0n,
    efer: wide ? EFER_LONG : 0n,
  };
}
