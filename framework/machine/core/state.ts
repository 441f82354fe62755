/** Short names for the state that the runtime reads all the time. */
import { BLOCK_CHARGED, OP_FLAGS, OP_INDEX, OP_LENGTH, OP_OFFSET } from './layout/blocks';
import {
  CPL,
  CR0,
  CR4,
  EFER,
  EFLAGS,
  GPR,
  IP,
  MODE,
  MODE_CODE64,
  MODE_LONG,
  MODE_PROTECTED,
  MODE_VM86,
  SEG_ATTRIBUTES,
  SEG_SELECTOR,
} from './layout/cpu-state';
import { A20_MASK, BLOCK, CURRENT_OP, FEATURES, FEATURES2, FORCE_BIAS, FORCED, REMAINING } from './layout/run-state';

export const CR0_PE: u32 = 1;
export const CR0_MP: u32 = 2;
export const CR0_EM: u32 = 4;
export const CR0_TS: u32 = 8;
export const CR0_NE: u32 = 0x20;
export const CR0_WP: u32 = 0x10000;
export const CR0_AM: u32 = 0x40000;
export const CR0_NW: u32 = 0x20000000;
export const CR0_CD: u32 = 0x40000000;
export const CR0_PG: u32 = 0x80000000;
export const CR4_VME: u32 = 1;
export const CR4_PVI: u32 = 2;
export const CR4_TSD: u32 = 4;
export const CR4_DE: u32 = 8;
export const CR4_PSE: u32 = 0x10;
export const CR4_PAE: u32 = 0x20;
export const CR4_MCE: u32 = 0x40;
export const CR4_PGE: u32 = 0x80;
export const CR4_PCE: u32 = 0x100;
export const CR4_OSFXSR: u32 = 0x200;
export const CR4_OSXMMEXCPT: u32 = 0x400;
export const CR4_UMIP: u32 = 0x800;
export const CR4_FSGSBASE: u32 = 0x10000;
export const CR4_PCIDE: u32 = 0x20000;
export const CR4_OSXSAVE: u32 = 0x40000;
export const CR4_SMEP: u32 = 0x100000;
export const CR4_SMAP: u32 = 0x200000;
export const EFER_SCE: u32 = 1;
export const EFER_LME: u32 = 0x100;
export const EFER_LMA: u32 = 0x400;
export const EFER_NXE: u32 = 0x800;

export const FLAG_CF: u32 = 1;
export const FLAG_PF: u32 = 4;
export const FLAG_AF: u32 = 0x10;
export const FLAG_ZF: u32 = 0x40;
export const FLAG_SF: u32 = 0x80;
export const FLAG_TF: u32 = 0x100;
export const FLAG_IF: u32 = 0x200;
export const FLAG_DF: u32 = 0x400;
export const FLAG_OF: u32 = 0x800;
export const FLAG_IOPL: u32 = 0x3000;
export const FLAG_NT: u32 = 0x4000;
export const FLAG_RF: u32 = 0x10000;
export const FLAG_VM: u32 = 0x20000;
export const FLAG_AC: u32 = 0x40000;
export const FLAG_VIF: u32 = 0x80000;
export const FLAG_VIP: u32 = 0x100000;
export const FLAG_ID: u32 = 0x200000;

export const VECTOR_DE: i32 = 0;
export const VECTOR_DB: i32 = 1;
export const VECTOR_NMI: i32 = 2;
export const VECTOR_BP: i32 = 3;
export const VECTOR_OF: i32 = 4;
export const VECTOR_BR: i32 = 5;
export const VECTOR_UD: i32 = 6;
export const VECTOR_NM: i32 = 7;
export const VECTOR_DF: i32 = 8;
export const VECTOR_TS: i32 = 10;
export const VECTOR_NP: i32 = 11;
export const VECTOR_SS: i32 = 12;
export const VECTOR_GP: i32 = 13;
export const VECTOR_PF: i32 = 14;
export const VECTOR_MF: i32 = 16;
export const VECTOR_XM: i32 = 19;
export const VECTOR_AC: i32 = 17;

export function cr0(): u32 {
  return load<u32>(CR0);
}
export function cr4(): u32 {
  return load<u32>(CR4);
}
export function efer(): u32 {
  return load<u32>(EFER);
}
export function mode(): u32 {
  return load<u32>(MODE);
}
export function cpl(): u32 {
  return load<u32>(CPL);
}
export function eflags(): u32 {
  return load<u32>(EFLAGS);
}
export function ip(): u64 {
  return load<u64>(IP);
}
export function gpr(index: u32): u64 {
  return load<u64>(GPR + (index << 3));
}
export function setGpr(index: u32, value: u64): void {
  store<u64>(GPR + (index << 3), value);
}
export function features(): u32 {
  return load<u32>(FEATURES);
}
export function features2(): u32 {
  return load<u32>(FEATURES2);
}
export function a20Mask(): u64 {
  return load<u64>(A20_MASK);
}
export function isProtected(): bool {
  return (mode() & (MODE_PROTECTED | MODE_VM86)) == MODE_PROTECTED;
}
export function isVm86(): bool {
  return (mode() & MODE_VM86) != 0;
}
export function isLong(): bool {
  return (mode() & MODE_LONG) != 0;
}
export function is64(): bool {
  return (mode() & MODE_CODE64) != 0;
}
export function iopl(): u32 {
  return (eflags() >>> 12) & 3;
}
export function selector(segment: usize): u32 {
  return load<u32>(segment, SEG_SELECTOR);
}
export function attributes(segment: usize): u32 {
  return load<u32>(segment, SEG_ATTRIBUTES);
}

/** Whether unaligned accesses of the program fault: CR0.AM, EFLAGS.AC and CPL 3. */
export function alignmentChecked(): bool {
  return (load<u32>(CR0) & CR0_AM) != 0 && (eflags() & FLAG_AC) != 0 && cpl() == 3;
}

/** Instructions that may still retire, whatever was forced. */
export function trueRemaining(): i32 {
  return load<i32>(REMAINING) + (load<u32>(FORCED) ? FORCE_BIAS : 0);
}

/** IP masked to what IP can hold outside 64-bit mode. */
function maskIp(value: u64): u64 {
  return is64() ? value : value & 0xffffffff;
}

/** IP of the instruction under way. */
export function currentIp(): u64 {
  const op = load<u32>(CURRENT_OP);
  return op == 0 ? ip() : maskIp(ip() + load<u16>(op, OP_OFFSET));
}

/** IP of the instruction after the one under way. */
export function nextIp(): u64 {
  const op = load<u32>(CURRENT_OP);
  return op == 0 ? ip() : maskIp(ip() + load<u16>(op, OP_OFFSET) + load<u8>(op, OP_LENGTH));
}

/** A transfer has set IP: the instruction under way is over (it is the last of its block, whose charge stands). */
export function commitIp(value: u64): void {
  store<u64>(IP, value);
  store<u32>(CURRENT_OP, 0);
}

/** Instructions of the block under way that were charged but have not retired (the one under way included). */
export function unretired(): i32 {
  const op = load<u32>(CURRENT_OP);
  if (op == 0) return 0;
  return <i32>load<u32>(load<u32>(BLOCK), BLOCK_CHARGED) - <i32>load<u8>(op, OP_INDEX);
}

/** OP_FLAGS of the instruction under way. */
export function operandFlags(): u32 {
  return load<u8>(load<u32>(CURRENT_OP), OP_FLAGS);
}
