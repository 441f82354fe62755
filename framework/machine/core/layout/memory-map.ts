/** Where the large areas lie, and the entries of the physical map. */

/** Statics of the runtime (its compiler's memoryBase, which the build reads here). */
export const RUNTIME_STATICS = 0x100000;
/** Saved STATE pages of the vCPU slots. */
export const VCPU_STATES = 0xe00000;
export const VCPUS_MAX = 128;
/** The directory of the physical map, u64 each. */
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
