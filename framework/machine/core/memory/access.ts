/**
 * Slow paths of guest memory accesses: TLB fill, page-crossing, MMIO, pages with code, watched pages. `locate` is the
 * heart; everything else is built on it.
 */
import { FAULT_CR2, TLB_BASE } from '../layout/cpu-state';
import { EXCHANGE, VECTOR_A } from '../layout/run-state';
import { TLB_ADDEND, TLB_NO_TAG, TLB_READ_TAG, TLB_USER } from '../layout/tlb';
import { memoryWatch, mmioRead, mmioWrite } from '../host';
import { VECTOR_AC, VECTOR_PF, alignmentChecked, isLong } from '../state';
import { raiseCode, raiseGeneral } from '../interrupts/raise';
import { isCanonical, raiseNonCanonical } from '../segments/canonical';
import { dataBreakpoint, dataBreakpointOnPage } from '../interrupts/debug';
import { storedToCode } from '../blocks/invalidate';
import { codeBits, frameOfHost } from './frames';
import { ENTRY_WATCH_READ, ENTRY_WATCH_WRITE, ENTRY_WATCHED, KIND_HOLE, KIND_MASK, KIND_RAM, KIND_UNTOUCHED, mapEntry } from './map';
import { entryForWrite, entryHost } from './physical';
import { TLB_CHECKED_TAG, fillEntry, noteLargePage, noteZeroPage, tlbEntry } from './tlb';
import { ACCESS_READ, ACCESS_WRITE, walk, walkGlobal, walkGpa, walkLarge, walkWritable } from './walk';

const PAGE: u64 = ~(<u64>0xfff);

/** Results of `locate`: gpa of the first byte, and whether somebody watches the page. */
let locatedGpa: u64 = 0;
let locatedWatched: bool = false;

export function raisePage(linear: u64, code: i32): void {
  store<u64>(FAULT_CR2, linear);
  raiseCode(VECTOR_PF, code);
}

/**
 * Host address of a byte in RAM (or, for reads, ROM), after every check for the current privilege; 0: the access goes to
 * MMIO at locatedGpa. The TLB entry is filled with what later accesses may do.
 */
function locate(linear: u64, write: bool): u32 {
  if (isLong()) {
    if (!isCanonical(linear)) raiseNonCanonical();
  } else linear &= 0xffffffff;
  const table = load<u32>(TLB_BASE);
  const error = walk(linear, write ? ACCESS_WRITE : ACCESS_READ, table == TLB_USER, true);
  if (error >= 0) raisePage(linear, error);
  const gpa = walkGpa;
  locatedGpa = gpa;
  const gfn = gpa >> 12;
  const entry = write ? entryForWrite(gfn) : mapEntry(gfn);
  const kind = entry & KIND_MASK;
  const aligned = table == TLB_USER && alignmentChecked();
  const hidden = aligned || dataBreakpointOnPage(linear);
  locatedWatched = (entry & ENTRY_WATCHED) != 0 || hidden;
  if (kind == KIND_HOLE || (write && kind != KIND_RAM)) return 0;
  const host = entryHost(entry);
  const page = linear & PAGE;
  const slot = tlbEntry(table, linear);
  if (walkLarge) noteLargePage();
  if (hidden) {
    fillEntry(slot, TLB_NO_TAG, TLB_NO_TAG, TLB_NO_TAG, host - <u32>page, <u32>gfn, walkGlobal);
    return host + ((<u32>linear) & 0xfff);
  }
  const readTag: u64 = entry & ENTRY_WATCH_READ ? TLB_NO_TAG : page;
  let checkedTag: u64 = TLB_NO_TAG;
  let writeTag: u64 = TLB_NO_TAG;
  if (write && walkWritable && !(entry & ENTRY_WATCH_WRITE)) {
    checkedTag = page;
    if (!codeBits(entry >>> 12)) writeTag = page;
  }
  fillEntry(slot, readTag, writeTag, checkedTag, host - <u32>page, <u32>gfn, walkGlobal);
  if (kind == KIND_UNTOUCHED) noteZeroPage(slot);
  return host + ((<u32>linear) & 0xfff);
}

/** Host address for a read within one page, or 0 (MMIO at locatedGpa). */
function forRead(linear: u64): u32 {
  const slot = tlbEntry(load<u32>(TLB_BASE), linear);
  if (load<u64>(slot, TLB_READ_TAG) == (linear & PAGE)) {
    locatedWatched = false;
    return load<u32>(slot, TLB_ADDEND) + <u32>linear;
  }
  return locate(linear, false);
}

/** Host address for a write within one page, or 0 (MMIO at locatedGpa). The caller stores through `stored`. */
function forWrite(linear: u64): u32 {
  const slot = tlbEntry(load<u32>(TLB_BASE), linear);
  const page = linear & PAGE;
  if (load<u64>(slot, TLB_CHECKED_TAG) == page) {
    locatedWatched = false;
    return load<u32>(slot, TLB_ADDEND) + <u32>linear;
  }
  return locate(linear, true);
}

/** Host address of a whole page for block moves: RAM without watches, else 0. Raises faults; no code check. */
export function pageForStringRead(linear: u64): u32 {
  const host = forRead(linear);
  return locatedWatched ? 0 : host;
}

export function pageForStringWrite(linear: u64): u32 {
  const host = forWrite(linear);
  return locatedWatched ? 0 : host;
}

/** gpa of a write that goes to a device whose page nobody watches; -1: it goes elsewhere. Raises faults. */
export function deviceForWrite(linear: u64): f64 {
  return forWrite(linear) == 0 && !locatedWatched ? <f64>locatedGpa : -1;
}

function wrapLinear(linear: u64): u64 {
  return isLong() ? linear : linear & 0xffffffff;
}

function crosses(linear: u64, size: u32): bool {
  return ((<u32>linear) & 0xfff) + size > 4096;
}

function watchNote(linear: u64, gpa: u64, size: u32, value: u64, write: bool): void {
  const flags = mapEntry(gpa >> 12);
  if (flags & (write ? ENTRY_WATCH_WRITE : ENTRY_WATCH_READ)) {
    store<u64>(EXCHANGE, value);
    memoryWatch(<f64>gpa, <i32>size, write ? 1 : 0);
  }
  dataBreakpoint(linear, size, write);
}

/** #AC(0) for a misaligned access of the program while alignment is checked (entries then never allow the fast path). */
function checkAlignment(linear: u64, size: u32): void {
  if ((<u32>linear) & (size - 1) && load<u32>(TLB_BASE) == TLB_USER && alignmentChecked()) raiseCode(VECTOR_AC, 0);
}

/** Accesses that left RAM, counted so that string instructions can bound them. */
export let deviceAccesses: u32 = 0;

function ioRead(gpa: u64, size: u32): u64 {
  deviceAccesses++;
  if (size == 8) return (<u64>(<u32>mmioRead(<f64>gpa, 4))) | ((<u64>(<u32>mmioRead(<f64>(gpa + 4), 4))) << 32);
  return <u64>(<u32>mmioRead(<f64>gpa, <i32>size));
}

function ioWrite(gpa: u64, size: u32, value: u64): void {
  deviceAccesses++;
  if (size == 8) {
    mmioWrite(<f64>gpa, 4, <i32>value);
    mmioWrite(<f64>(gpa + 4), 4, <i32>(value >> 32));
  } else mmioWrite(<f64>gpa, <i32>size, <i32>value);
}

function rawLoad(host: u32, size: u32): u64 {
  if (size == 1) return load<u8>(host);
  if (size == 2) return load<u16>(host);
  if (size == 4) return load<u32>(host);
  return load<u64>(host);
}

function rawStore(host: u32, size: u32, value: u64): void {
  if (size == 1) store<u8>(host, <u8>value);
  else if (size == 2) store<u16>(host, <u16>value);
  else if (size == 4) store<u32>(host, <u32>value);
  else store<u64>(host, value);
}

/** A read of 1, 2, 4 or 8 bytes anywhere. */
export function readAny(linear: u64, size: u32): u64 {
  linear = wrapLinear(linear);
  if (crosses(linear, size)) return readCrossing(linear, size);
  const host = forRead(linear);
  const watched = locatedWatched;
  const gpa = locatedGpa;
  if (watched) checkAlignment(linear, size);
  const value = host == 0 ? ioRead(gpa, size) : rawLoad(host, size);
  if (watched) watchNote(linear, gpa, size, value, false);
  return value;
}

function readCrossing(linear: u64, size: u32): u64 {
  const first = 4096 - ((<u32>linear) & 0xfff);
  forRead(linear);
  forRead(wrapLinear(linear + first));
  checkAlignment(linear, size);
  let value: u64 = 0;
  for (let index: u32 = 0; index < size; index++) value |= readAny(linear + index, 1) << (index << 3);
  return value;
}

/** At most 8 bytes of RAM within a page have been stored to. */
function stored(host: u32, size: u32): void {
  const frame = frameOfHost(host);
  const bits = codeBits(frame);
  if (bits == 0) return;
  const first = (host & 0xfff) >>> 6;
  const last = ((host + size - 1) & 0xfff) >>> 6;
  if (((bits >> first) | (bits >> last)) & 1) storedToCode(frame, host, size);
}

/** A write of 1, 2, 4 or 8 bytes anywhere. */
export function writeAny(linear: u64, size: u32, value: u64): void {
  linear = wrapLinear(linear);
  if (crosses(linear, size)) {
    writeCrossing(linear, size, value);
    return;
  }
  const host = forWrite(linear);
  const watched = locatedWatched;
  const gpa = locatedGpa;
  if (watched) checkAlignment(linear, size);
  if (host == 0) ioWrite(gpa, size, value);
  else {
    rawStore(host, size, value);
    stored(host, size);
  }
  if (watched) watchNote(linear, gpa, size, value, true);
}

function writeCrossing(linear: u64, size: u32, value: u64): void {
  const first = 4096 - ((<u32>linear) & 0xfff);
  forWrite(linear);
  forWrite(wrapLinear(linear + first));
  checkAlignment(linear, size);
  for (let index: u32 = 0; index < size; index++) writeAny(linear + index, 1, (value >> (index << 3)) & 0xff);
}

/** Raises what a write of `size` bytes would raise, alignment included. */
export function probeAlignedWrite(linear: i64, size: i32, alignment: i32): void {
  probeWrite(linear, size);
  checkAlignment(<u64>linear, <u32>alignment);
}

/** Raises what a write of `size` bytes would raise, but for its alignment. */
export function probeWrite(linear: i64, size: i32): void {
  const from = wrapLinear(<u64>linear);
  forWrite(from);
  if (crosses(from, <u32>size)) forWrite(wrapLinear((from | 0xfff) + 1));
}

/** Raises what a read of `size` bytes would raise. */
export function probeRead(linear: i64, size: i32): void {
  const from = wrapLinear(<u64>linear);
  forRead(from);
  if (crosses(from, <u32>size)) forRead(wrapLinear((from | 0xfff) + 1));
}

/** gpa of a byte that is about to be written (INS target). */
export function gpaForWrite(linear: u64): u64 {
  linear = wrapLinear(linear);
  walkForWrite(linear);
  return walkGpa;
}

function walkForWrite(linear: u64): void {
  if (isLong() && !isCanonical(linear)) raiseNonCanonical();
  const error = walk(linear, ACCESS_WRITE, load<u32>(TLB_BASE) == TLB_USER, true);
  if (error >= 0) raisePage(linear, error);
}

export function read8(linear: i64): i32 {
  return <i32>readAny(<u64>linear, 1);
}
export function read16(linear: i64): i32 {
  return <i32>readAny(<u64>linear, 2);
}
export function read32(linear: i64): i32 {
  return <i32>readAny(<u64>linear, 4);
}
export function read64(linear: i64): i64 {
  return <i64>readAny(<u64>linear, 8);
}

/**
 * Host address of bytes on a page that may be written but for its code, 0: any other case. Stores beside code come here by the
 * million, so they do without what `writeAny` is for.
 */
function besideCode(linear: u64, size: u32): u32 {
  linear = wrapLinear(linear);
  const slot = tlbEntry(load<u32>(TLB_BASE), linear);
  if (load<u64>(slot, TLB_CHECKED_TAG) != (linear & PAGE) || crosses(linear, size)) return 0;
  return load<u32>(slot, TLB_ADDEND) + <u32>linear;
}

export function write8(linear: i64, value: i32): void {
  const host = besideCode(<u64>linear, 1);
  if (host == 0) return writeAny(<u64>linear, 1, <u64>((<u32>value) & 0xff));
  store<u8>(host, <u8>value);
  stored(host, 1);
}
export function write16(linear: i64, value: i32): void {
  const host = besideCode(<u64>linear, 2);
  if (host == 0) return writeAny(<u64>linear, 2, <u64>((<u32>value) & 0xffff));
  store<u16>(host, <u16>value);
  stored(host, 2);
}
export function write32(linear: i64, value: i32): void {
  const host = besideCode(<u64>linear, 4);
  if (host == 0) return writeAny(<u64>linear, 4, <u64>(<u32>value));
  store<u32>(host, <u32>value);
  stored(host, 4);
}
export function write64(linear: i64, value: i64): void {
  const host = besideCode(<u64>linear, 8);
  if (host == 0) return writeAny(<u64>linear, 8, <u64>value);
  store<u64>(host, <u64>value);
  stored(host, 8);
}

/** 16 bytes into VECTOR_A; `aligned`: #GP(0) unless the address is a multiple of 16. */
export function read128(linear: i64, aligned: i32): void {
  if (aligned && linear & 15) raiseGeneral(0);
  if (crosses(<u64>linear, 16)) probeRead(linear, 16);
  const low = readAny(<u64>linear, 8);
  store<u64>(VECTOR_A, readAny(<u64>linear + 8, 8), 8);
  store<u64>(VECTOR_A, low);
}

/** 16 bytes from VECTOR_A. */
export function write128(linear: i64, aligned: i32): void {
  if (aligned && linear & 15) raiseGeneral(0);
  if (crosses(<u64>linear, 16)) probeWrite(linear, 16);
  const high = load<u64>(VECTOR_A, 8);
  writeAny(<u64>linear, 8, load<u64>(VECTOR_A));
  writeAny(<u64>linear + 8, 8, high);
}

/** As besideCode, for a page that may be read besides. */
function readableBesideCode(linear: u64, size: u32): u32 {
  const slot = tlbEntry(load<u32>(TLB_BASE), wrapLinear(linear));
  return load<u64>(slot, TLB_READ_TAG) == load<u64>(slot, TLB_CHECKED_TAG) ? besideCode(linear, size) : 0;
}

/** Read half of a read-modify-write: a page that may not be written faults as a write. */
export function readForWrite8(linear: i64): i32 {
  const host = readableBesideCode(<u64>linear, 1);
  if (host != 0) return load<u8>(host);
  probeWrite(linear, 1);
  return read8(linear);
}
export function readForWrite16(linear: i64): i32 {
  const host = readableBesideCode(<u64>linear, 2);
  if (host != 0) return load<u16>(host);
  probeWrite(linear, 2);
  return read16(linear);
}
export function readForWrite32(linear: i64): i32 {
  const host = readableBesideCode(<u64>linear, 4);
  if (host != 0) return load<u32>(host);
  probeWrite(linear, 4);
  return read32(linear);
}
export function readForWrite64(linear: i64): i64 {
  const host = readableBesideCode(<u64>linear, 8);
  if (host != 0) return load<u64>(host);
  probeWrite(linear, 8);
  return read64(linear);
}

/** For the host: linear -> gpa without side effects, -1 when not mapped. */
export function translate(linear: i64): f64 {
  let address = <u64>linear;
  if (isLong()) {
    if (!isCanonical(address)) return -1;
  } else address &= 0xffffffff;
  if (walk(address, ACCESS_READ, false, false) >= 0) return -1;
  return <f64>walkGpa;
}
