/**
 * The software TLB. Besides the fields of layout/tlb.ts an entry keeps, at +20, gfn bits 29-0 with bit 31 "global" and bit 30
 * "listed", and at +24 a third tag: the page may be written, but through `write*` (code on the page).
 * Entries in use are listed so that a flush touches only those.
 */
import { TLB_ADDEND, TLB_ENTRIES, TLB_ENTRY_BYTES, TLB_NO_TAG, TLB_READ_TAG, TLB_SUPERVISOR, TLB_USER, TLB_WRITE_TAG } from '../layout/tlb';
import { refreshCodeKey } from '../segments/derive';
import { nextGeneration } from './generation';

const TLB_PAGE = 20;
export const TLB_CHECKED_TAG = 24;
const GLOBAL: u32 = 0x80000000;
const LISTED: u32 = 0x40000000;
const GFN_MASK: u32 = 0x3fffffff;

/** u16 list of entries in use: index, bit 12 = user table. */
const LIST: u32 = 0x6000;
const LIST_MAX: u32 = 4096;
/** u16 list of entries that map the shared zero page. */
const ZERO_LIST: u32 = 0x5f00;
const ZERO_MAX: u32 = 64;

let listed: u32 = 0;
let zeroListed: u32 = 0;
let largeSeen: bool = false;

/** Jump and fetch caches no longer hold: translations or the map changed. */
export function newGeneration(): void {
  nextGeneration();
  refreshCodeKey();
}

export function tlbEntry(table: u32, linear: u64): u32 {
  return table + (((<u32>(linear >> 12)) & (TLB_ENTRIES - 1)) << 5);
}

function entryOf(item: u32): u32 {
  return (item & 4096 ? <u32>TLB_USER : <u32>TLB_SUPERVISOR) + ((item & 4095) << 5);
}

function itemOf(entry: u32): u32 {
  return entry >= <u32>TLB_USER ? 4096 | ((entry - TLB_USER) >>> 5) : (entry - TLB_SUPERVISOR) >>> 5;
}

function clearEntry(entry: u32): void {
  store<u64>(entry, TLB_NO_TAG, TLB_READ_TAG);
  store<u64>(entry, TLB_NO_TAG, TLB_WRITE_TAG);
  store<u64>(entry, TLB_NO_TAG, TLB_CHECKED_TAG);
}

/** Fills an entry; tags that may not be used are given as TLB_NO_TAG. */
export function fillEntry(entry: u32, readTag: u64, writeTag: u64, checkedTag: u64, addend: u32, gfn: u32, isGlobal: bool): void {
  const before = load<u32>(entry, TLB_PAGE);
  if (!(before & LISTED)) {
    if (listed < LIST_MAX) store<u16>(LIST + (listed << 1), <u16>itemOf(entry));
    listed++;
  }
  store<u64>(entry, readTag, TLB_READ_TAG);
  store<u64>(entry, writeTag, TLB_WRITE_TAG);
  store<u64>(entry, checkedTag, TLB_CHECKED_TAG);
  store<u32>(entry, addend, TLB_ADDEND);
  store<u32>(entry, (gfn & GFN_MASK) | LISTED | (isGlobal ? GLOBAL : 0), TLB_PAGE);
}

export function noteLargePage(): void {
  largeSeen = true;
}

/** Remembers that an entry maps the zero page. */
export function noteZeroPage(entry: u32): void {
  if (zeroListed == ZERO_MAX) {
    for (let index: u32 = 0; index < ZERO_MAX; index++) clearEntry(entryOf(load<u16>(ZERO_LIST + (index << 1))));
    zeroListed = 0;
  }
  store<u16>(ZERO_LIST + (zeroListed << 1), <u16>itemOf(entry));
  zeroListed++;
}

/** The gfn has got a frame: entries that map it to the zero page go. */
export function dropZeroPage(gfn: u32): void {
  let kept: u32 = 0;
  for (let index: u32 = 0; index < zeroListed; index++) {
    const item = <u32>load<u16>(ZERO_LIST + (index << 1));
    const entry = entryOf(item);
    if ((load<u32>(entry, TLB_PAGE) & GFN_MASK) == (gfn & GFN_MASK)) {
      clearEntry(entry);
      continue;
    }
    store<u16>(ZERO_LIST + (kept << 1), <u16>item);
    kept++;
  }
  zeroListed = kept;
}

/** Drops every translation, global ones too. */
export function flushTlb(): void {
  if (listed <= LIST_MAX) {
    for (let index: u32 = 0; index < listed; index++) {
      const entry = entryOf(load<u16>(LIST + (index << 1)));
      clearEntry(entry);
      store<u32>(entry, 0, TLB_PAGE);
    }
  } else resetTlb();
  listed = 0;
  zeroListed = 0;
  largeSeen = false;
  newGeneration();
}

/** Power-on: every tag is 0x0101…01, which no page equals. */
export function resetTlb(): void {
  memory.fill(TLB_SUPERVISOR, 1, TLB_ENTRIES * TLB_ENTRY_BYTES);
  memory.fill(TLB_USER, 1, TLB_ENTRIES * TLB_ENTRY_BYTES);
  listed = 0;
  zeroListed = 0;
}

/** MOV CR3 with CR4.PGE: global pages stay. */
export function flushNonGlobal(): void {
  if (listed > LIST_MAX) {
    flushTlb();
    return;
  }
  let kept: u32 = 0;
  for (let index: u32 = 0; index < listed; index++) {
    const item = <u32>load<u16>(LIST + (index << 1));
    const entry = entryOf(item);
    if (load<u32>(entry, TLB_PAGE) & GLOBAL) {
      store<u16>(LIST + (kept << 1), <u16>item);
      kept++;
    } else {
      clearEntry(entry);
      store<u32>(entry, 0, TLB_PAGE);
    }
  }
  listed = kept;
  newGeneration();
}

/** INVLPG. A large page may have many entries: when one was seen, everything goes. */
export function flushPage(linear: u64): void {
  if (largeSeen) {
    flushTlb();
    return;
  }
  clearEntry(tlbEntry(TLB_SUPERVISOR, linear));
  clearEntry(tlbEntry(TLB_USER, linear));
  newGeneration();
}

/** The frame at `host` has got its first code: plain writes to it end. */
export function dropPlainWrites(host: u32): void {
  const all = listed > LIST_MAX;
  const count: u32 = all ? 8192 : listed;
  for (let index: u32 = 0; index < count; index++) {
    const entry = entryOf(all ? index : <u32>load<u16>(LIST + (index << 1)));
    const tag = load<u64>(entry, TLB_WRITE_TAG);
    if (!(tag & 0xfff) && load<u32>(entry, TLB_ADDEND) + <u32>tag == host) store<u64>(entry, TLB_NO_TAG, TLB_WRITE_TAG);
  }
}

/** Every next write comes to the slow path (dirty tracking). */
export function dropAllWrites(): void {
  const all = listed > LIST_MAX;
  const count: u32 = all ? 8192 : listed;
  for (let index: u32 = 0; index < count; index++) {
    const entry = entryOf(all ? index : <u32>load<u16>(LIST + (index << 1)));
    store<u64>(entry, TLB_NO_TAG, TLB_WRITE_TAG);
    store<u64>(entry, TLB_NO_TAG, TLB_CHECKED_TAG);
  }
}
