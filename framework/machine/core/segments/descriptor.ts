/** Descriptors: where they stand, their fields, the accessed bit. */
import { GDTR_BASE, GDTR_LIMIT, SEG_ATTRIBUTES, SEG_HIDDEN_BASE, SEG_LDTR, SEG_LIMIT, SEG_SELECTOR } from '../layout/cpu-state';
import { attributes } from '../state';
import { systemRead, systemWrite } from '../memory/system';
import { raiseCode } from '../interrupts/raise';
import { ATTR_ACCESSED, ATTR_G, ATTR_PRESENT } from './derive';

export const TYPE_TSS16: u32 = 1;
export const TYPE_LDT: u32 = 2;
export const TYPE_TSS16_BUSY: u32 = 3;
export const TYPE_CALL16: u32 = 4;
export const TYPE_TASK_GATE: u32 = 5;
export const TYPE_INT16: u32 = 6;
export const TYPE_TRAP16: u32 = 7;
export const TYPE_TSS32: u32 = 9;
export const TYPE_TSS32_BUSY: u32 = 11;
export const TYPE_CALL32: u32 = 12;
export const TYPE_INT32: u32 = 14;
export const TYPE_TRAP32: u32 = 15;

/** Linear address of `size` bytes of the descriptor a selector names, or ~0 when it is beyond its table. */
export function descriptorAddress(selector: u32, size: u32): u64 {
  const offset = selector & 0xfff8;
  if (selector & 4) {
    if (!(attributes(SEG_LDTR) & ATTR_PRESENT) || offset + size - 1 > load<u32>(SEG_LDTR, SEG_LIMIT)) return ~(<u64>0);
    return load<u64>(SEG_LDTR, SEG_HIDDEN_BASE) + offset;
  }
  if (offset + size - 1 > load<u32>(GDTR_LIMIT)) return ~(<u64>0);
  return load<u64>(GDTR_BASE) + offset;
}

/** The 8 bytes of a descriptor; a selector beyond its table raises `vector` with the selector. */
export function readDescriptor(selector: u32, vector: i32): u64 {
  const address = descriptorAddress(selector, 8);
  if (address == ~(<u64>0)) raiseCode(vector, <i32>(selector & 0xfffc));
  return systemRead(address, 8);
}

/** type:4 s dpl:2 p avl l db g in 12 bits. */
export function packRights(descriptor: u64): u32 {
  return ((<u32>(descriptor >> 40)) & 0xff) | (((<u32>(descriptor >> 52)) & 0xf) << 8);
}

export function baseOf(descriptor: u64): u32 {
  return ((<u32>(descriptor >> 16)) & 0xffffff) | ((<u32>(descriptor >> 56)) << 24);
}

export function limitOf(descriptor: u64): u32 {
  const raw = ((<u32>descriptor) & 0xffff) | ((<u32>(descriptor >> 32)) & 0xf0000);
  return packRights(descriptor) & ATTR_G ? (raw << 12) | 0xfff : raw;
}

export function dplOf(rights: u32): u32 {
  return (rights >>> 5) & 3;
}

/** Writes the hidden part of a segment cache; `derive` or `deriveLoaded` follows. */
export function setSegment(segment: usize, selector: u32, base: u64, limit: u32, rights: u32): void {
  store<u32>(segment, selector & 0xffff, SEG_SELECTOR);
  store<u64>(segment, base, SEG_HIDDEN_BASE);
  store<u32>(segment, limit, SEG_LIMIT);
  store<u32>(segment, rights, SEG_ATTRIBUTES);
}

export function setSegmentFrom(segment: usize, selector: u32, descriptor: u64): void {
  setSegment(segment, selector, baseOf(descriptor), limitOf(descriptor), packRights(descriptor) | ATTR_ACCESSED);
}

/** Sets the accessed bit of a code or data descriptor in its table. */
export function markAccessed(selector: u32, descriptor: u64): void {
  if (descriptor & ((<u64>ATTR_ACCESSED) << 40)) return;
  const at = descriptorAddress(selector, 8) + 5;
  systemWrite(at, 1, ((descriptor >> 40) & 0xff) | ATTR_ACCESSED);
}

/** Sets or clears the busy bit of a TSS descriptor. */
export function setBusy(selector: u32, busy: bool): void {
  const at = descriptorAddress(selector, 8) + 5;
  const rights = systemRead(at, 1);
  systemWrite(at, 1, busy ? rights | 2 : rights & ~(<u64>2));
}
