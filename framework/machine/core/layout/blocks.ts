/** Decoded blocks and their op records. */

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

/** The runtime's hash of blocks, u32 heads. */
export const BLOCK_HASH = 0xe80000;
export const BLOCK_HASH_ENTRIES = 65536;
/** Which bytes of a frame are code: u32 frame of each entry, then its bits, one a byte of the frame. */
export const CODE_BYTES_FRAMES = 0x70000;
export const CODE_BYTES = 0x71000;
export const CODE_BYTES_ENTRIES = 64;
