/**
 * Where everything stands in the one linear memory that the runtime (AssemblyScript), the generated interpreter and the
 * host share. This file is read by both compilers: constants without type annotations only.
 *
 * All addresses are bytes. Every multi-byte field is little-endian, as Wasm has it.
 */

// ---------------------------------------------------------------------------------------------- CPU state, 4 KiB
/** The selected vCPU's state. Everything in [STATE, STATE + STATE_BYTES) is swapped when another vCPU is selected. */
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
// 0x13c0..0x17ff: the runtime's own per-vCPU fields (MSRs, interrupt shadow, pending events, activity).
// 0x1800..0x1fff: x87, SSE and extended state.

// ---------------------------------------------------------------------------------------------- not per vCPU
/** i32: instructions that may still retire in this slice, minus those of the block under way. See enter-block. */
export const REMAINING = 0x2000;
/** u32: header of the block under way. */
export const BLOCK = 0x2004;
/** u32: op record of the instruction under way; stored before every call into the runtime. */
export const CURRENT_OP = 0x2008;

// ---------------------------------------------------------------------------------------------- software TLB
/** Direct-mapped, index = (linear >> 12) & (TLB_ENTRIES - 1); one table for CPL 0-2, one for CPL 3. */
export const TLB_ENTRIES = 4096;
export const TLB_ENTRY_BYTES = 32;
export const TLB_SUPERVISOR = 0x10000;
export const TLB_USER = 0x30000;
/** i64 tags: the linear page (low 12 bits 0) when a plain read / write may use the entry, else 1 (never equal). */
export const TLB_READ_TAG = 0;
export const TLB_WRITE_TAG = 8;
/** u32: host address of the page minus the low 32 bits of the linear page: host address = addend + i32(linear). */
export const TLB_ADDEND = 16;

// ---------------------------------------------------------------------------------------------- jump cache
/** Direct-mapped, index = (ip ^ ip >> 12) & (JUMP_ENTRIES - 1); entry: u64 ip, u32 CODE_KEY, u32 block. */
export const JUMP_CACHE = 0x50000;
export const JUMP_ENTRIES = 8192;
export const JUMP_ENTRY_BYTES = 16;
export const JUMP_IP = 0;
export const JUMP_KEY = 8;
export const JUMP_BLOCK = 12;

// ---------------------------------------------------------------------------------------------- decoded blocks
/** Tables of the decoder, written by the interpreter module's data segment. */
export const DECODE_TABLES = 0x80000;
export const DECODE_TABLES_BYTES = 0x80000;
/** Statics of the runtime (its compiler's memoryBase; keep package scripts in step). */
export const RUNTIME_STATICS = 0x100000;
/** Block arena: headers and op records. */
export const ARENA = 0x200000;
export const ARENA_BYTES = 0xc00000;

/** A block: header of HEADER_BYTES, then its op records. u32 count: instructions in it (0 once stale). */
export const HEADER_BYTES = 32;
export const BLOCK_COUNT = 0;
// header bytes 4..31 belong to the block cache.

/** Op record. */
export const OP_BYTES = 32;
export const OP_HANDLER = 0; // u16
export const OP_LENGTH = 2; // u8: instruction length
export const OP_INDEX = 3; // u8: instructions of the block before this one
export const OP_REG = 4; // u16: state address of the /reg operand (or first register operand)
export const OP_RM = 6; // u16: state address of the r/m register operand
export const OP_BASE = 8; // u16: state address of the base register, or ZERO
export const OP_SCALED = 10; // u16: state address of the index register, or ZERO
export const OP_SEG = 12; // u16: state address of the segment cache
export const OP_SCALE = 14; // u8: shift of the index, 0..3
export const OP_FLAGS = 15; // u8: prefixes and sizes as the decoder and the runtime's string code need them
export const OP_DISP = 16; // i32
export const OP_OFFSET = 20; // u16: offset of the instruction from the block's first byte
// 22, u16: the decoder's
export const OP_IMM = 24; // i64: immediate; for relative branches: target minus the block's IP

/** Most instructions in a block. */
export const BLOCK_MAX = 64;

// ---------------------------------------------------------------------------------------------- guest memory
/** First byte of the frame pool; the memory grows from here. */
export const FRAMES = 0x1000000;
