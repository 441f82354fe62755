/** The x87 and SSE part of the CPU state (cpu-state.ts), u32 unless said otherwise; INIT leaves it alone. */

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
