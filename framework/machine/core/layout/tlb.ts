/** The software TLB. */

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
