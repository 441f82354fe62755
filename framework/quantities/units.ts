/**
 * Units as flavoured numbers: a plain number is accepted, a number that already carries another unit is not.
 * All of them are non-negative integers below 2^53.
 */
type Unit<Name extends string> = number & { readonly __unit?: Name };

/** Guest-physical address, in bytes (at most 52 bits). */
export type Gpa = Unit<'gpa'>;
/** Guest frame number: gpa >> 12. */
export type Gfn = Unit<'gfn'>;
/** Machine (host-physical) frame number, as a p2m maps it. */
export type Mfn = Unit<'mfn'>;
/** A size in bytes. */
export type Bytes = Unit<'bytes'>;
/** Retired guest instructions. */
export type Instructions = Unit<'instructions'>;
/** Virtual time in nanoseconds since power-on. */
export type Nanoseconds = Unit<'nanoseconds'>;

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
export const PAGE_BYTES = 4096;
export const SECTOR_BYTES = 512;
