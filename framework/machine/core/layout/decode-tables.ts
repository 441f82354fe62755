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
