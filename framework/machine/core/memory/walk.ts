/** Page walks: SDM vol. 3, chapter 4. The results of the last walk stand in exported variables. */
import { CR0, CR3, MODE_PAGING, PDPTE } from '../layout/cpu-state';
import { FEATURE2_PAGE1GB } from '../layout/features';
import { RESERVED_PHYSICAL } from '../layout/run-state';
import {
  CR0_WP,
  CR4_PAE,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  EFER_LMA,
  EFER_NXE,
  FLAG_AC,
  a20Mask,
  cr4,
  efer,
  eflags,
  features2,
  mode,
} from '../state';
import { physicalRead32, physicalRead64, physicalSetBits } from './physical';

export const ACCESS_READ: u32 = 0;
export const ACCESS_WRITE: u32 = 1;
export const ACCESS_EXECUTE: u32 = 2;

export let walkGpa: u64 = 0;
/** Whether a write would be allowed to the same requester, and needs no dirty bit any more. */
export let walkWritable: bool = false;
export let walkGlobal: bool = false;
export let walkLarge: bool = false;

const PRESENT: u64 = 1;
const WRITABLE: u64 = 2;
const USER: u64 = 4;
const ACCESSED: u64 = 0x20;
const DIRTY: u64 = 0x40;
const LARGE: u64 = 0x80;
const GLOBAL: u64 = 0x100;
const NX: u64 = 0x8000000000000000;
const ADDRESS: u64 = 0x000ffffffffff000;
const ERROR_RESERVED: i32 = 9;

/** Set by the caller for accesses of the CPU itself (descriptor tables, TSS) that SMAP always checks. */
let implicitAccess: bool = false;
export function setImplicit(on: bool): void {
  implicitAccess = on;
}

function errorBits(access: u32, user: bool): i32 {
  let code = user ? 4 : 0;
  if (access == ACCESS_WRITE) code |= 2;
  if (access == ACCESS_EXECUTE && ((efer() & EFER_NXE && cr4() & CR4_PAE) || cr4() & CR4_SMEP)) code |= 16;
  return code;
}

/** Permission of a present translation; `rights` = AND of the W and U bits, `nx` = OR of the NX bits. */
function permitted(rights: u64, nx: bool, access: u32, user: bool): bool {
  if (user) {
    if (!(rights & USER)) return false;
    if (access == ACCESS_WRITE && !(rights & WRITABLE)) return false;
  } else {
    if (access == ACCESS_WRITE && !(rights & WRITABLE) && load<u32>(CR0) & CR0_WP) return false;
    if (rights & USER) {
      if (access == ACCESS_EXECUTE) {
        if (cr4() & CR4_SMEP) return false;
      } else if (cr4() & CR4_SMAP && (implicitAccess || !(eflags() & FLAG_AC))) return false;
    }
  }
  return !(access == ACCESS_EXECUTE && nx);
}

/** Common end: checks, sets A and D in the leaf, fills the results. `wide`: 8-byte entries. */
function finish(leafAt: u64, leaf: u64, rights: u64, nx: bool, access: u32, user: bool, touch: bool): i32 {
  if (touch && !permitted(rights, nx, access, user)) return errorBits(access, user) | 1;
  const bits = access == ACCESS_WRITE ? ACCESSED | DIRTY : ACCESSED;
  if (touch && (leaf & bits) != bits) physicalSetBits(leafAt, <u32>bits);
  const dirty = (leaf & DIRTY) != 0 || access == ACCESS_WRITE;
  walkWritable = dirty && ((rights & WRITABLE) != 0 || (!user && !(load<u32>(CR0) & CR0_WP)));
  walkGlobal = (leaf & GLOBAL) != 0;
  return -1;
}

function walk32(linear: u32, access: u32, user: bool, touch: bool): i32 {
  const directoryAt = ((load<u64>(CR3) & 0xfffff000) | ((linear >>> 22) << 2)) & a20Mask();
  const directory = <u64>physicalRead32(directoryAt);
  if (!(directory & PRESENT)) return errorBits(access, user);
  if (directory & LARGE && cr4() & CR4_PSE) {
    const high = ((directory >> 13) & 0xff) << 32;
    if (directory & 0x200000 || high & load<u64>(RESERVED_PHYSICAL)) return errorBits(access, user) | ERROR_RESERVED;
    walkGpa = (high | (directory & 0xffc00000) | (linear & 0x3fffff)) & a20Mask();
    walkLarge = true;
    return finish(directoryAt, directory, directory, false, access, user, touch);
  }
  const tableAt = ((directory & 0xfffff000) | (((linear >>> 12) & 1023) << 2)) & a20Mask();
  const leaf = <u64>physicalRead32(tableAt);
  if (!(leaf & PRESENT)) return errorBits(access, user);
  walkGpa = ((leaf & 0xfffff000) | (linear & 0xfff)) & a20Mask();
  const result = finish(tableAt, leaf, directory & leaf, false, access, user, touch);
  if (result < 0 && touch && !(directory & ACCESSED)) physicalSetBits(directoryAt, <u32>ACCESSED);
  return result;
}

/** PAE and 4-level: from an upper table down. `level` 4 (PML4), 3 (PDPT) or 2 (page directory, PAE). */
function walkWide(linear: u64, top: u64, level: u32, access: u32, user: bool, touch: bool): i32 {
  let table = top;
  let rights: u64 = WRITABLE | USER;
  let nx = false;
  const reserved = load<u64>(RESERVED_PHYSICAL) | (efer() & EFER_NXE ? 0 : NX) | (efer() & EFER_LMA ? 0 : 0x7ff0000000000000);
  let unaccessed0: u64 = 0;
  let unaccessed1: u64 = 0;
  let unaccessed2: u64 = 0;
  while (true) {
    const shift = 12 + 9 * (level - 1);
    const at = (table | (((linear >> shift) & 511) << 3)) & a20Mask();
    const entry = physicalRead64(at);
    if (!(entry & PRESENT)) return errorBits(access, user);
    if (entry & reserved) return errorBits(access, user) | ERROR_RESERVED;
    rights &= entry;
    nx = nx || (entry & NX) != 0;
    const isLarge = level > 1 && (entry & LARGE) != 0;
    if (isLarge && (level == 4 || (level == 3 && !(features2() & FEATURE2_PAGE1GB)))) return errorBits(access, user) | ERROR_RESERVED;
    if (level == 1 || isLarge) {
      const inPage = ((<u64>1) << shift) - 1;
      if (isLarge) {
        if (entry & inPage & ~0x1fff) return errorBits(access, user) | ERROR_RESERVED;
        walkLarge = true;
      }
      walkGpa = ((entry & ADDRESS & ~inPage) | (linear & inPage)) & a20Mask();
      const result = finish(at, entry, rights, nx, access, user, touch);
      if (result < 0 && touch) {
        if (unaccessed0) physicalSetBits(unaccessed0, <u32>ACCESSED);
        if (unaccessed1) physicalSetBits(unaccessed1, <u32>ACCESSED);
        if (unaccessed2) physicalSetBits(unaccessed2, <u32>ACCESSED);
      }
      return result;
    }
    if (!(entry & ACCESSED)) {
      if (level == 4) unaccessed0 = at;
      else if (level == 3) unaccessed1 = at;
      else unaccessed2 = at;
    }
    table = entry & ADDRESS;
    level--;
  }
}

/**
 * Translates a linear address. -1: done, see walkGpa; else the #PF error code. `touch` false is for diagnostics: it leaves A and D
 * bits alone and asks for presence only.
 */
export function walk(linear: u64, access: u32, user: bool, touch: bool): i32 {
  walkLarge = false;
  if (!(mode() & MODE_PAGING)) {
    walkGpa = linear & 0xffffffff & a20Mask();
    walkWritable = true;
    walkGlobal = false;
    return -1;
  }
  if (efer() & EFER_LMA) return walkWide(linear, load<u64>(CR3) & ADDRESS, 4, access, user, touch);
  if (!(cr4() & CR4_PAE)) return walk32(<u32>linear, access, user, touch);
  const pdpte = load<u64>(PDPTE + (((<u32>linear) >>> 30) << 3));
  if (!(pdpte & PRESENT)) return errorBits(access, user);
  return walkWide(linear & 0xffffffff, pdpte & ADDRESS, 2, access, user, touch);
}
