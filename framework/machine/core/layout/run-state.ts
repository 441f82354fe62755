/** What is not per vCPU: the run under way, what the host asks for, and values on their way between the parts. */

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
/** u64: instructions retired once REMAINING is used up. */
export const SLICE_END = 0x2060;
/** f64: virtual nanoseconds besides those of instructions, as the host last said; u32: it still holds. */
export const ADDED_NS = 0x2068;
export const ADDED_NS_HOLDS = 0x2070;
/** u32: frequency of the time stamp counter. */
export const TSC_KHZ = 0x2074;
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
