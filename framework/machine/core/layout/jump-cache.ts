/** The jump cache: from where the CPU goes on to the decoded block there. */

/** Direct-mapped, index = (ip ^ ip >> 12) & (JUMP_ENTRIES - 1); entry: u64 ip, u32 CODE_KEY, u32 block. */
export const JUMP_CACHE = 0x50000;
export const JUMP_ENTRIES = 8192;
export const JUMP_ENTRY_BYTES = 16;
export const JUMP_IP = 0;
export const JUMP_KEY = 8;
export const JUMP_BLOCK = 12;
