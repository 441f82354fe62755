/**
 * The one place where what generated code uses is recomputed from the architectural state: MODE, CPL, SP_MASK, TLB_BASE,
 * CODE_KEY, and base and limits of the segment caches.
 */
import {
  CODE_KEY,
  CPL,
  IN_SMM,
  IP_MAX,
  MODE,
  MODE_CODE32,
  MODE_CODE64,
  MODE_LONG,
  MODE_PAGING,
  MODE_PROTECTED,
  MODE_SMM,
  MODE_VM86,
  SEGMENTS,
  SEGMENT_BYTES,
  SEG_BASE,
  SEG_CS,
  SEG_FS,
  SEG_HIDDEN_BASE,
  SEG_LIMIT,
  SEG_READ_MAX,
  SEG_SS,
  SEG_WRITE_MAX,
  SP_MASK,
  SSE_GATE,
  TLB_BASE,
} from '../layout/cpu-state';
import { JUMP_CACHE, JUMP_ENTRIES, JUMP_ENTRY_BYTES } from '../layout/jump-cache';
import { TLB_SUPERVISOR, TLB_USER } from '../layout/tlb';
import { modeChanged } from '../host';
import { CR0_EM, CR0_PE, CR0_PG, CR0_TS, CR4_OSFXSR, EFER_LMA, FLAG_VM, attributes, cr0, cr4, efer, eflags, mode } from '../state';
import { tlbGeneration } from '../memory/generation';

/** Attribute bits as in the descriptor's second word >> 8, without the limit nibble: type:4 s dpl:2 p avl l db g. */
export const ATTR_ACCESSED: u32 = 1;
export const ATTR_WRITABLE: u32 = 2; // data; readable for code
export const ATTR_DOWN: u32 = 4; // expand-down data; conforming for code
export const ATTR_CODE: u32 = 8;
export const ATTR_S: u32 = 0x10;
export const ATTR_PRESENT: u32 = 0x80;
export const ATTR_L: u32 = 0x200;
export const ATTR_DB: u32 = 0x400;
export const ATTR_G: u32 = 0x800;

const ALWAYS_ASK: i64 = -1;

/** Interned code contexts: u64 base, u32 limit, u32 mode and user, u32 generation, u32 key. */
const CONTEXTS: u32 = 0x4000;
const CONTEXT_ENTRIES: u32 = 128;
let lastKey: u32 = 0;

/** CODE_KEY stands for (CS base, CS limit, mode, user, TLB generation). */
export function refreshCodeKey(): void {
  const base = load<u64>(SEG_CS, SEG_BASE);
  const limit = load<u32>(SEG_CS, SEG_LIMIT);
  const context = mode() | (load<u32>(CPL) == 3 ? 0x100 : 0);
  const generation = tlbGeneration();
  const index = ((<u32>(base >> 4)) ^ (<u32>(base >> 16)) ^ limit ^ context ^ (context >>> 4)) & (CONTEXT_ENTRIES - 1);
  const entry = CONTEXTS + (index << 5);
  if (
    load<u64>(entry) != base ||
    load<u32>(entry, 8) != limit ||
    load<u32>(entry, 12) != context ||
    load<u32>(entry, 16) != generation ||
    load<u32>(entry, 20) == 0
  ) {
    lastKey++;
    if (lastKey == 0) {
      memory.fill(JUMP_CACHE, 0, JUMP_ENTRIES * JUMP_ENTRY_BYTES);
      memory.fill(CONTEXTS, 0, CONTEXT_ENTRIES << 5);
      lastKey = 1;
    }
    store<u64>(entry, base);
    store<u32>(entry, limit, 8);
    store<u32>(entry, context, 12);
    store<u32>(entry, generation, 16);
    store<u32>(entry, lastKey, 20);
  }
  store<u32>(CODE_KEY, load<u32>(entry, 20));
}

/** Base and fast limits of one segment cache, by the mode in force. */
export function deriveSegment(segment: usize): void {
  const hidden = load<u64>(segment, SEG_HIDDEN_BASE);
  if (mode() & MODE_CODE64) {
    store<u64>(segment, <i32>segment >= SEG_FS ? hidden : 0, SEG_BASE);
    store<i64>(segment, 0x7fffffffffff, SEG_READ_MAX);
    store<i64>(segment, 0x7fffffffffff, SEG_WRITE_MAX);
    return;
  }
  const rights = attributes(segment);
  const limit = <i64>load<u32>(segment, SEG_LIMIT);
  let readMax = limit;
  let writeMax = limit;
  const isCode = (rights & ATTR_CODE) != 0;
  if (!(rights & ATTR_PRESENT) || (!isCode && rights & ATTR_DOWN)) {
    readMax = ALWAYS_ASK;
    writeMax = ALWAYS_ASK;
  } else if ((mode() & (MODE_PROTECTED | MODE_VM86)) == MODE_PROTECTED) {
    if (isCode && !(rights & ATTR_WRITABLE)) readMax = ALWAYS_ASK;
    if (isCode || !(rights & ATTR_WRITABLE)) writeMax = ALWAYS_ASK;
  }
  store<u64>(segment, hidden & 0xffffffff, SEG_BASE);
  store<i64>(segment, readMax, SEG_READ_MAX);
  store<i64>(segment, writeMax, SEG_WRITE_MAX);
}

function computeMode(): u32 {
  const control = cr0();
  let bits: u32 = load<u32>(IN_SMM) ? MODE_SMM : 0;
  if (control & CR0_PG) bits |= MODE_PAGING;
  if (!(control & CR0_PE)) return bits;
  bits |= MODE_PROTECTED;
  if (eflags() & FLAG_VM) return bits | MODE_VM86;
  const rights = attributes(SEG_CS);
  if (efer() & EFER_LMA) {
    bits |= MODE_LONG;
    if (rights & ATTR_L) return bits | MODE_CODE64;
  }
  return rights & ATTR_DB ? bits | MODE_CODE32 : bits;
}

/** CS or SS changed, or CPL: what follows from them when the mode's own bits are the same. */
function deriveStack(): void {
  const bits = mode();
  if (bits & MODE_CODE64) store<i64>(SP_MASK, -1);
  else store<i64>(SP_MASK, attributes(SEG_SS) & ATTR_DB ? 0xffffffff : 0xffff);
  store<i64>(IP_MAX, bits & MODE_CODE64 ? 0x7fffffffffff : <i64>load<u32>(SEG_CS, SEG_LIMIT));
  restoreTable();
}

/** After a change of CR0.EM, CR0.TS or CR4.OSFXSR: whether SSE instructions run without asking. */
export function deriveSseGate(): void {
  store<u32>(SSE_GATE, (cr0() & (CR0_EM | CR0_TS)) | (~cr4() & CR4_OSFXSR));
}

/** After any change of CR0, CR4, EFER, EFLAGS.VM, CPL or segment registers. Calls the host when the mode changed. */
export function derive(): void {
  const before = mode();
  const bits = computeMode();
  store<u32>(MODE, bits);
  if (!(bits & MODE_PROTECTED)) {
    // Real mode: code of a segment that was loaded with D=1 still runs with 32-bit defaults.
    store<u32>(CPL, 0);
    if (attributes(SEG_CS) & ATTR_DB) store<u32>(MODE, bits | MODE_CODE32);
  } else if (bits & MODE_VM86) store<u32>(CPL, 3);
  for (let index: u32 = 0; index < 8; index++) deriveSegment(SEGMENTS + index * SEGMENT_BYTES);
  deriveStack();
  deriveSseGate();
  refreshCodeKey();
  if (before != mode()) modeChanged();
}

/** A data or stack segment register was loaded; the mode is the same. */
export function deriveLoaded(segment: usize): void {
  deriveSegment(segment);
  if (segment == SEG_SS) deriveStack();
}

/** TLB table by CPL (after it was switched for the stack of another level, or for the CPU's own access). */
export function restoreTable(): void {
  store<u32>(TLB_BASE, load<u32>(CPL) == 3 ? TLB_USER : TLB_SUPERVISOR);
}

/** As derive, without telling the host (state loaded from outside). */
export function deriveQuiet(): void {
  store<u32>(MODE, computeMode() | (!(cr0() & CR0_PE) && attributes(SEG_CS) & ATTR_DB ? MODE_CODE32 : 0));
  derive();
}
