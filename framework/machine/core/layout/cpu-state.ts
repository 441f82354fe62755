/**
 * The selected vCPU's state, 4 KiB: everything in [STATE, STATE + STATE_BYTES) is swapped when another vCPU is selected. Its
 * x87 and SSE part is in fpu-state.ts.
 *
 * The files of this folder say where everything stands in the one linear memory that the runtime (AssemblyScript), the generated
 * interpreter and the host share. Both compilers read them: constants without type annotations only. All addresses are bytes;
 * every multi-byte field is little-endian, as Wasm has it.
 */
export const STATE = 0x1000;
export const STATE_BYTES = 0x1000;

/** 16 u64: RAX RCX RDX RBX RSP RBP RSI RDI R8..R15. AH, CH, DH, BH are at +1 of the first four. */
export const GPR = 0x1000;
export const RAX = 0x1000;
export const RCX = 0x1008;
export const RDX = 0x1010;
export const RBX = 0x1018;
export const RSP = 0x1020;
export const RBP = 0x1028;
export const RSI = 0x1030;
export const RDI = 0x1038;
/** A u64 that is always 0: base or index "none". */
export const ZERO = 0x1080;
/** u64: (R)IP of the current block's first instruction; between blocks, of the next instruction. */
export const IP = 0x1088;
/**
 * Lazy flags. FLAG_RESULT (i64): the last result, sign-extended from its operand size: ZF = (it == 0), SF = sign ^ (aux & 1),
 * PF = even parity of ((low byte) ^ (aux >> 8 & FFh)). FLAG_AUX (i32): CF = bit 31, OF = bit 31 ^ bit 30, AF = bit 3,
 * bits 15-8: parity delta, bit 0: sign delta. An add/sub writes bits 31, 30, 3 of its carry-out vector and zero elsewhere.
 */
export const FLAG_RESULT = 0x1090;
export const FLAG_AUX = 0x1098;
/** u32: EFLAGS without CF PF AF ZF SF OF (those bits 0 here); bit 1 always 1. */
export const EFLAGS = 0x109c;
/** i64: mask of the stack pointer's width: FFFFh, FFFF_FFFFh or -1 (from SS.B, 64-bit mode). */
export const SP_MASK = 0x10a0;
/** u32: TLB table in force: TLB_SUPERVISOR or TLB_USER. */
export const TLB_BASE = 0x10a8;
/** u32: key of the code context (CS base, CS limit, mode bits, TLB generation); half of the jump cache's tag. */
export const CODE_KEY = 0x10ac;
/** u32: CPL, 0..3 (real mode 0, VM86 3). */
export const CPL = 0x10b0;
/** u32: MODE_* bits. */
export const MODE = 0x10b4;
export const MODE_CODE32 = 1; // CS.D (or compatibility mode with D=1)
export const MODE_CODE64 = 2; // 64-bit mode
export const MODE_PROTECTED = 4; // CR0.PE
export const MODE_VM86 = 8; // EFLAGS.VM
export const MODE_LONG = 16; // EFER.LMA
export const MODE_PAGING = 32; // CR0.PG
export const MODE_SMM = 64; // system management mode
/** i64: greatest (R)IP that a near branch may go to without asking `checkTarget` (signed compare): CS limit, or the low canonical half. */
export const IP_MAX = 0x10b8;
/** u32: not 0 when an SSE instruction must ask first (CR0.EM, CR0.TS, CR4.OSFXSR). */
export const SSE_GATE = 0x10c0;

/** Segment caches, 64 bytes each, in x86 encoding order ES CS SS DS FS GS, then LDTR, TR. */
export const SEGMENTS = 0x1100;
export const SEGMENT_BYTES = 64;
export const SEG_ES = 0x1100;
export const SEG_CS = 0x1140;
export const SEG_SS = 0x1180;
export const SEG_DS = 0x11c0;
export const SEG_FS = 0x1200;
export const SEG_GS = 0x1240;
export const SEG_LDTR = 0x1280;
export const SEG_TR = 0x12c0;
/** u64: base as the instruction adds it (0 for ES, CS, SS, DS in 64-bit mode). */
export const SEG_BASE = 0;
/** i64: greatest ea + size - 1 (signed compare) that a read / a write may use without asking `segmentLinear`; -1: always ask. */
export const SEG_READ_MAX = 8;
export const SEG_WRITE_MAX = 16;
/** The architectural hidden part: u64 base, u32 limit in bytes, u32 attributes (type:4 s dpl:2 p avl l db g), u32 selector. */
export const SEG_HIDDEN_BASE = 24;
export const SEG_LIMIT = 32;
export const SEG_ATTRIBUTES = 36;
export const SEG_SELECTOR = 40;

/** u64 each: CR0 (index 0), -, CR2, CR3, CR4, ..., CR8. */
export const CR = 0x1300;
export const CR0 = 0x1300;
export const CR2 = 0x1310;
export const CR3 = 0x1318;
export const CR4 = 0x1320;
export const CR8 = 0x1340;
export const EFER = 0x1350;
/** u64 DR0..DR7. */
export const DR = 0x1360;
export const GDTR_BASE = 0x13a0;
export const GDTR_LIMIT = 0x13a8;
export const IDTR_BASE = 0x13b0;
export const IDTR_LIMIT = 0x13b8;

// The runtime's own per-vCPU fields, u32 unless said otherwise.
/** 0 none, 1 after STI, 2 after MOV/POP SS: the next instruction runs before interrupts (2: and debug traps) are looked at. */
export const SHADOW = 0x13c0;
/** ACTIVITY_*. */
export const ACTIVITY = 0x13c4;
export const ACTIVITY_RUNNING = 0;
export const ACTIVITY_HALTED = 1;
export const ACTIVITY_WAIT_SIPI = 2;
export const ACTIVITY_SHUTDOWN = 3;
/** Asleep by MWAIT: a store to MONITOR_LINE wakes it, and what wakes a halted CPU. */
export const ACTIVITY_MWAIT = 4;
/** Level of the INTR pin. */
export const INTR = 0x13c8;
export const NMI_PENDING = 0x13cc;
export const NMI_BLOCKED = 0x13d0;
export const INIT_PENDING = 0x13d4;
/** SIPI vector + 1. */
export const SIPI_PENDING = 0x13d8;
/** The instruction under way started with TF = 1. */
export const STEP_ARMED = 0x13dc;
/** The instruction under way started with RF = 1. */
export const RF_ARMED = 0x13e0;
/** DR6 bits of a debug trap that is due after the instruction under way. */
export const DEBUG_PENDING = 0x13e4;
/** Deliveries in a row without a retired instruction between them, and where the last one went (u64 linear). */
export const FAULT_CHAIN = 0x13e8;
export const FAULT_ENTRY = 0x13f0;
export const IS_BSP = 0x13f8;
/** u64 each: the MSRs that the core keeps. */
export const MSR_STAR = 0x1400;
export const MSR_LSTAR = 0x1408;
export const MSR_CSTAR = 0x1410;
export const MSR_FMASK = 0x1418;
export const MSR_KERNEL_GS = 0x1420;
export const MSR_SYSENTER_CS = 0x1428;
export const MSR_SYSENTER_ESP = 0x1430;
export const MSR_SYSENTER_EIP = 0x1438;
export const MSR_PAT = 0x1440;
export const MSR_TSC_OFFSET = 0x1448;
export const MSR_TSC_AUX = 0x1450;
export const MSR_DEBUGCTL = 0x1458;
/** 4 u64: the PDPTEs of PAE paging. */
export const PDPTE = 0x1460;
export const LAST_FAR_CS = 0x1480;
export const LAST_FAR_IP = 0x1488; // u64
/** The fault that `deliverFault` will deliver. Vector -1: none. */
export const FAULT_VECTOR = 0x1490;
export const FAULT_CODE = 0x1494; // -1: no error code
export const FAULT_CR2 = 0x1498; // u64
/** What is being delivered: -1 nothing, else the vector. */
export const DELIVERING = 0x14a0;
/** 1: the event under delivery is external to the program (EXT bit of error codes). */
export const EXTERNAL = 0x14a4;
/** A segment cache for stacks that are checked before they are loaded. */
export const SEG_SCRATCH = 0x14c0;

// System management mode, u32 each.
/** An SMI is latched; it waits while the CPU is in SMM. */
export const SMI_PENDING = 0x19c0;
export const IN_SMM = 0x19c4;
/** Where the next SMI finds its handler, kept by INIT. */
export const SMBASE = 0x19c8;
/** What an SMI interrupted: NMI_BLOCKED, and the DEBUG_PENDING that comes due behind RSM. */
export const SMM_NMI_BLOCKED = 0x19cc;
export const SMM_DEBUG_PENDING = 0x19d0;

// MONITOR and MWAIT, u32 each.
/** Host address of the line that MONITOR has armed; 0: none, or a store has come. */
export const MONITOR_LINE = 0x19d4;
export const MONITOR_LINE_BYTES = 64;
/** The MWAIT under way ends for interrupts that IF masks, too (ECX bit 0). */
export const MWAIT_MASKED_BREAK = 0x19d8;
/** IA32_MISC_ENABLE has the instructions off. */
export const MONITOR_DISABLED = 0x19dc;
