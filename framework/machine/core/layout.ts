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

// x87 and SSE state, u32 unless said otherwise; INIT leaves it alone.
/** Control word. */
export const FPU_CONTROL = 0x1800;
/** Status word without TOP; ES and B follow from flags and masks. */
export const FPU_STATUS = 0x1804;
/** Number of the physical register that is ST(0). */
export const FPU_TOP = 0x1808;
/** Bit n: physical register n is not empty (the abridged tag word of FXSAVE). */
export const FPU_TAGS = 0x180c;
/** Low 11 bits of the last instruction's opcode, its CS selector and the selector of its memory operand. */
export const FPU_OPCODE = 0x1810;
export const FPU_CS = 0x1814;
export const FPU_DS = 0x1818;
export const MXCSR = 0x181c;
/** u64: offsets of the last instruction and of its memory operand. */
export const FPU_IP = 0x1820;
export const FPU_DP = 0x1828;
/** Level that FERR# was last told to have. */
export const FPU_FERR = 0x1830;
/** Level of the IGNNE# pin. */
export const IGNNE = 0x1834;
/** XCR0: bit 0 x87, bit 1 SSE. */
export const XCR0 = 0x1838;
/** Eight physical registers, 16 bytes each: u64 significand, u16 sign and exponent. MMX registers are their significands. */
export const FPU_REGISTERS = 0x1840;
export const FPU_REGISTER_BYTES = 16;
export const FPU_REGISTER_EXPONENT = 8;
/** 16 registers of 16 bytes. */
export const XMM = 0x18c0;
export const XMM_BYTES = 16;

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

// ---------------------------------------------------------------------------------------------- not per vCPU
/** i32: instructions that may still retire in this slice, minus those of the block under way. See enter-block. */
export const REMAINING = 0x2000;
/** u32: header of the block under way. */
export const BLOCK = 0x2004;
/** u32: op record of the instruction under way; stored before every call into the runtime. */
export const CURRENT_OP = 0x2008;
/** u32: FEATURE_* bits of the CPU model. */
export const FEATURES = 0x2010;
/** u32: FEATURE2_* bits. */
export const FEATURES2 = 0x2014;
/** u64: physical address bits that a page table entry may not have. */
export const RESERVED_PHYSICAL = 0x2018;
/** u64: AND mask of physical addresses (A20 gate). */
export const A20_MASK = 0x2020;
/** u32: REMAINING was lowered by FORCE_BIAS so that the next block entry comes to `boundary`. */
export const FORCED = 0x2028;
export const FORCE_BIAS = 0x40000000;
/** u32: within `run`. */
export const RUNNING = 0x202c;
/** u32: the host asked to stop. */
export const STOP_REQUESTED = 0x2030;
/** u32: `softwareInterrupt` hook wanted. */
export const INTERRUPT_TRACE = 0x2034;
/** u32: op record whose handler was replaced by HANDLER_BREAK (0: none), its block, and its handler. */
export const PATCHED_OP = 0x2038;
export const PATCHED_BLOCK = 0x203c;
export const PATCHED_HANDLER = 0x2040;
/** u32: all blocks are to be dropped at the next boundary. */
export const FLUSH_PENDING = 0x2044;
/** u32: number of execution watch ranges. */
export const WATCH_COUNT = 0x2048;
/** u32: frames in use; frames in the pool. */
export const FRAMES_USED = 0x204c;
/** u32: what the CPU calls itself, EAX of CPUID leaf 1: RESET and INIT leave it in EDX. */
export const CPU_SIGNATURE = 0x2054;
/** u32: the vCPU whose state is in place. */
export const CURRENT_VCPU = 0x2058;
/** u32: not 0 once a MONITOR has armed a line. */
export const MONITORS_USED = 0x205c;
/** u32: state address of the segment cache that the slow access under way goes through; 0: the CPU's own access to a table. */
export const ACCESS_SEGMENT = 0x2050;
/** 64 bytes: values between runtime and host. */
export const EXCHANGE = 0x2080;
/** Execution watch ranges: u64 first, u64 last. */
export const WATCH_RANGES = 0x2400;
export const WATCH_RANGES_MAX = 64;
/** Joined bytes of an instruction that straddles pages, or comes from MMIO. */
export const FETCH_BUFFER = 0x20c0;
/** u64 constants FFFFh, FFFF_FFFFh and -1, by address size 0, 1, 2; written by the interpreter module's data segment. */
export const ADDRESS_MASKS = 0x2100;
/** 16 bytes each: vectors between generated code and runtime. */
export const VECTOR_A = 0x2140;
export const VECTOR_B = 0x2150;
/** u64 constant 1 << 30: the index of a RIP-relative operand whose displacement does not fit 32 bits. */
export const INDEX_2_30 = 0x2118;

/** CPU model, FEATURES word. */
export const FEATURE_FPU = 0x1;
export const FEATURE_VME = 0x2;
export const FEATURE_DE = 0x4;
export const FEATURE_PSE = 0x8; // and PSE-36
export const FEATURE_TSC = 0x10;
export const FEATURE_MSR = 0x20;
export const FEATURE_PAE = 0x40;
export const FEATURE_CX8 = 0x80;
export const FEATURE_SEP = 0x100;
export const FEATURE_PGE = 0x200;
export const FEATURE_CMOV = 0x400;
export const FEATURE_CLFLUSH = 0x800;
export const FEATURE_MMX = 0x1000;
export const FEATURE_FXSR = 0x2000;
export const FEATURE_SSE = 0x4000;
export const FEATURE_SSE2 = 0x8000;
export const FEATURE_SSE3 = 0x10000;
export const FEATURE_SSSE3 = 0x20000;
export const FEATURE_SSE41 = 0x40000;
export const FEATURE_SSE42 = 0x80000;
export const FEATURE_POPCNT = 0x100000;
export const FEATURE_MOVBE = 0x200000;
export const FEATURE_CX16 = 0x400000;
export const FEATURE_MONITOR = 0x800000;
export const FEATURE_SYSCALL = 0x1000000;
export const FEATURE_NX = 0x2000000;
export const FEATURE_LM = 0x4000000;
export const FEATURE_RDTSCP = 0x8000000;
export const FEATURE_LAHF64 = 0x10000000;
export const FEATURE_SMEP = 0x20000000;
export const FEATURE_SMAP = 0x40000000;
/** FEATURES2 word. */
export const FEATURE2_PAGE1GB = 0x1;
export const FEATURE2_UMIP = 0x2;
export const FEATURE2_FSGSBASE = 0x4;
export const FEATURE2_PCID = 0x8;
export const FEATURE2_XSAVE = 0x10;
export const FEATURE2_PREFETCHW = 0x20;
export const FEATURE2_VMX = 0x40; // VMCALL reaches the host
export const FEATURE2_MCE = 0x80;
export const FEATURE2_AES = 0x100;
export const FEATURE2_PCLMULQDQ = 0x200;
export const FEATURE2_RDRAND = 0x400;
export const FEATURE2_LZCNT = 0x800;
export const FEATURE2_BMI1 = 0x1000;
export const FEATURE2_BMI2 = 0x2000;
export const FEATURE2_INVPCID = 0x4000;
export const FEATURE2_X2APIC = 0x8000;
export const FEATURE2_TSC_DEADLINE = 0x10000;
export const FEATURE2_AMD = 0x20000; // SYSCALL in all modes, SYSENTER outside long mode only

// ---------------------------------------------------------------------------------------------- software TLB
/** Direct-mapped, index = (linear >> 12) & (TLB_ENTRIES - 1); one table for CPL 0-2, one for CPL 3. */
export const TLB_ENTRIES = 4096;
export const TLB_ENTRY_BYTES = 32;
export const TLB_SUPERVISOR = 0x10000;
export const TLB_USER = 0x30000;
/** i64 tags: the linear page (low 12 bits 0) when a plain read / write may use the entry, else TLB_NO_TAG (never equal). */
/** A tag of no page: neither a page's address nor one with a misalignment below 16, which vector accesses compare too. */
export const TLB_NO_TAG = 16;
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
/** Which bytes of a frame are code: u32 frame of each entry, then its bits, one a byte of the frame. */
export const CODE_BYTES_FRAMES = 0x70000;
export const CODE_BYTES = 0x71000;
export const CODE_BYTES_ENTRIES = 64;

// ---------------------------------------------------------------------------------------------- decoded blocks
/** Tables of the decoder, written by the interpreter module's data segment. */
export const DECODE_TABLES = 0x80000;
export const DECODE_TABLES_BYTES = 0x80000;
/** u16 per opcode of the maps one-byte, 0F, 0F38, 0F3A: a leaf number, or DECODE_NODE | offset of a node in DECODE_NODES in u16 units. */
export const DECODE_MAPS = 0x80000;
export const DECODE_LEAVES = 0x81000;
export const DECODE_NODES = 0xa0000;
export const DECODE_NODE = 0x8000;
/** A node: u16 NODE_* kind, then a reference per value of what it asks. */
export const NODE_LONG = 0; // 64-bit mode
export const NODE_PROTECTED = 1; // protected mode, not VM86
export const NODE_PREFIX = 2; // none, 66h, F3h, F2h (the last repeat prefix wins over 66h)
export const NODE_REG = 3; // ModRM.reg
export const NODE_MOD = 4; // 0 memory, 1 register
export const NODE_RM = 5;
export const NODE_REX_W = 6;
export const NODE_REX_R = 7;
export const NODE_REX_B = 8;
/** A leaf: u16 handlers by form (0 register or none, 1 base + displacement, 2 any address) times 4 + log2(size / 8). */
export const LEAF_BYTES = 32;
export const LEAF_HANDLERS = 0;
export const LEAF_FLAGS = 24; // u16
export const LEAF_SIZE = 26; // u8: SIZE_RULE_*
export const LEAF_IMMEDIATE = 27; // u8: IMMEDIATE_*
export const LEAF_FEATURE = 28; // u8: 0 none, else 1 + number of the FEATURE_ bit, 33 + number of the FEATURE2_ bit
/** u8: REGISTERS_* of OP_REG in bits 1-0, of OP_RM in bits 3-2. */
export const LEAF_REGISTERS = 29;
export const REGISTERS_GENERAL = 0;
export const REGISTERS_XMM = 1;
export const REGISTERS_MMX = 2;
export const LEAF_OPERATION = 30; // u16: number of the operation for the runtime, 0: see LEAF_CODE
export const LEAF_MODRM = 0x1;
export const LEAF_LOCK = 0x2; // LOCK is allowed with a memory operand
export const LEAF_TERMINAL = 0x4;
export const LEAF_SWAP = 0x8; // register form: the r/m register goes to OP_REG, the other to OP_RM
export const LEAF_RM_BYTE = 0x10; // the r/m (or opcode) register is a byte register
export const LEAF_REG_BYTE = 0x20;
export const LEAF_REG_SEGMENT = 0x40; // OP_REG is a segment cache
export const LEAF_REG_NUMBER = 0x80; // OP_IMM is the number of the /reg register
export const LEAF_OPCODE_REGISTER = 0x100; // the opcode's low bits name the register at OP_RM
export const LEAF_ACCUMULATOR_RM = 0x200; // OP_RM is RAX
export const LEAF_ACCUMULATOR_REG = 0x400; // OP_REG is RAX
export const LEAF_ALWAYS_REGISTER = 0x800; // r/m is a register whatever mod says
export const LEAF_REPEAT = 0x1000; // with REP: terminal, handlers of form 1
export const LEAF_INVALID = 0x2000;
/** OP_IMM is the opcode's low three bits << 8 | ModRM; for a leaf with an operation, operation << 8 | immediate byte. */
export const LEAF_CODE = 0x4000;
/** Operand size: fixed; v (16, 32 or 64 by mode, 66h, REX.W); y (32, 64 with REX.W); stack and near branch defaults of 64-bit mode; ... */
export const SIZE_RULE_BYTE = 0;
export const SIZE_RULE_WORD = 1;
export const SIZE_RULE_DOUBLE = 2;
export const SIZE_RULE_QUAD = 3;
export const SIZE_RULE_OPERAND = 4;
export const SIZE_RULE_WIDE = 5;
export const SIZE_RULE_STACK = 6; // as OPERAND; 64-bit mode: 64, or 16 with 66h
export const SIZE_RULE_NEAR = 7; // as OPERAND; 64-bit mode: always 64
export const SIZE_RULE_NATIVE = 8; // 32; 64-bit mode: 64
export const SIZE_RULE_COUNTER = 9; // the address size
export const SIZE_RULE_PORT = 10; // as OPERAND, at most 32
export const SIZE_RULE_TABLE = 11; // as OPERAND; 64-bit mode: always 64
export const IMMEDIATE_NONE = 0;
export const IMMEDIATE_BYTE = 1; // zero-extended
export const IMMEDIATE_SIGNED_BYTE = 2;
export const IMMEDIATE_WORD = 3;
export const IMMEDIATE_OPERAND32 = 4; // 16 bits, or 32 sign-extended
export const IMMEDIATE_OPERAND = 5; // 16, 32 or 64 bits
export const IMMEDIATE_RELATIVE8 = 6;
export const IMMEDIATE_RELATIVE = 7;
export const IMMEDIATE_OFFSET = 8; // moffs: OP_IMM is the effective address
export const IMMEDIATE_FAR = 9; // offset, selector << 32
export const IMMEDIATE_ENTER = 10; // u16, u8 << 16
export const IMMEDIATE_ONE = 11;
/** Statics of the runtime (its compiler's memoryBase; keep package scripts in step). */
export const RUNTIME_STATICS = 0x100000;
/** Block arena: headers and op records. */
export const ARENA = 0x200000;
export const ARENA_BYTES = 0xc00000;

/** A block: header of HEADER_BYTES, then its op records. u32 count: instructions in it (0 once stale). */
export const HEADER_BYTES = 32;
export const BLOCK_COUNT = 0;
// header bytes 4..31 belong to the block cache.
export const BLOCK_CHARGED = 4; // u32: its count, kept when stale
export const BLOCK_HASH_NEXT = 8; // u32: next block of the hash chain
export const BLOCK_FRAME_NEXT = 12; // u32: next block of the frame
export const BLOCK_HOST = 16; // u32: host address of its first byte
export const BLOCK_KEY = 20; // u32: decode mode bits
export const BLOCK_LENGTH = 24; // u32: bytes
export const BLOCK_RECORDS = 28; // u32: op records, END and WATCH included

/** Handlers with fixed ids. */
export const HANDLER_STALE = 0;
export const HANDLER_END = 1;
export const HANDLER_BREAK = 2;
export const HANDLER_WATCH = 3;
export const HANDLER_UD = 4;

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
export const OP_FLAGS = 15; // u8: OP_* bits below
export const OP_DISP = 16; // i32
export const OP_OFFSET = 20; // u16: offset of the instruction from the block's first byte
export const OP_ADDRESS_MASK = 22; // u16: ADDRESS_MASK_*: width of the effective address, of the target for relative branches
export const OP_IMM = 24; // i64: immediate; for relative branches: target minus the block's IP

/** OP_FLAGS: bits 1-0 log2 of the operand size in bytes; bits 3-2 address size 0: 16, 1: 32, 2: 64 bits. */
export const OP_SIZE_MASK = 3;
export const OP_ADDRESS_SHIFT = 2;
export const OP_REP = 0x10; // F3
export const OP_REPNE = 0x20; // F2
export const OP_LOCK = 0x40;
export const OP_TERMINAL = 0x80; // last instruction of its block

/** String operations, `stringOp(kind)`. */
export const STRING_MOVS = 0;
export const STRING_CMPS = 1;
export const STRING_SCAS = 2;
export const STRING_LODS = 3;
export const STRING_STOS = 4;
export const STRING_INS = 5;
export const STRING_OUTS = 6;

/** Most instructions in a block. */
export const BLOCK_MAX = 64;

// ---------------------------------------------------------------------------------------------- guest memory
/** Saved STATE pages of the vCPU slots. */
export const VCPU_STATES = 0xe00000;
export const VCPUS_MAX = 128;
/** The runtime's hash of blocks (u32 heads) and directory of the physical map (u64 each). */
export const BLOCK_HASH = 0xe80000;
export const BLOCK_HASH_ENTRIES = 65536;
export const MAP_DIRECTORY = 0xf00000;
export const MAP_DIRECTORY_ENTRIES = 65536;
/** Bits of an entry of the physical map (u32; frame number << 12). */
export const PAGE_KIND_MASK = 3;
export const PAGE_HOLE = 0;
export const PAGE_RAM = 1;
export const PAGE_ROM = 2;
/** RAM that was never written: reads as zero, has no frame yet. */
export const PAGE_UNTOUCHED = 3;
export const PAGE_DIRTY = 4;
export const PAGE_WATCH_READ = 8;
export const PAGE_WATCH_WRITE = 16;
/** SMRAM: a hole to everybody but a CPU in SMM. */
export const PAGE_SMM_ONLY = 32;
/** First byte of the frame pool; the memory grows from here. */
export const FRAMES = 0x1000000;
