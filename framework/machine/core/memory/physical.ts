/** Guest-physical memory as the CPU's own machinery (page walks), the host's loaders and bus masters see it. */
import {
  ENTRY_DIRTY,
  ENTRY_SMM_ONLY,
  ENTRY_WATCHED,
  KIND_HOLE,
  KIND_MASK,
  KIND_RAM,
  KIND_ROM,
  KIND_UNTOUCHED,
  busEntry,
  mapEntry,
  rawEntry,
  setMapEntry,
  setUniform,
} from './map';
import { ZERO_FRAME, addReference, codeBits, dropReference, firstBlock, frameExists, frameHost, newFrame, references } from './frames';
import { storeTo } from './monitor';
import { dropAllWrites, dropZeroPage, flushTlb, newGeneration } from './tlb';
import { dropFrameBlocks, invalidateCode } from '../blocks/invalidate';
import { force } from '../blocks/force';

/** Host address of the page behind an entry; 0 for a hole. */
export function entryHost(entry: u32): u32 {
  const kind = entry & KIND_MASK;
  if (kind == KIND_HOLE) return 0;
  return frameHost(kind == KIND_UNTOUCHED ? ZERO_FRAME : entry >>> 12);
}

/** Gives an untouched page its frame. */
function materialize(gfn: u64): u32 {
  const frame = newFrame();
  addReference(frame);
  const entry = (frame << 12) | KIND_RAM | (rawEntry(gfn) & (ENTRY_WATCHED | ENTRY_DIRTY | ENTRY_SMM_ONLY));
  setMapEntry(gfn, entry);
  dropZeroPage(<u32>gfn);
  if (codeBits(ZERO_FRAME)) newGeneration();
  return entry;
}

/** The entry of a page that the CPU is about to write (RAM gets its frame, and the dirty flag). */
export function entryForWrite(gfn: u64): u32 {
  return writable(gfn, mapEntry(gfn));
}

function writable(gfn: u64, entry: u32): u32 {
  if ((entry & KIND_MASK) == KIND_UNTOUCHED) entry = materialize(gfn);
  if ((entry & (KIND_MASK | ENTRY_DIRTY)) == KIND_RAM) {
    entry |= ENTRY_DIRTY;
    setMapEntry(gfn, entry);
  }
  return entry;
}

export function physicalRead32(gpa: u64): u32 {
  const host = entryHost(mapEntry(gpa >> 12));
  return host == 0 ? 0xffffffff : load<u32>(host + ((<u32>gpa) & 0xfff));
}

export function physicalRead64(gpa: u64): u64 {
  const host = entryHost(mapEntry(gpa >> 12));
  return host == 0 ? 0xffffffffffffffff : load<u64>(host + ((<u32>gpa) & 0xfff));
}

/** ORs bits into the low half of a page table entry in RAM. */
export function physicalSetBits(gpa: u64, bits: u32): void {
  const entry = entryForWrite(gpa >> 12);
  if ((entry & KIND_MASK) != KIND_RAM) return;
  const host = entryHost(entry) + ((<u32>gpa) & 0xfff);
  store<u32>(host, load<u32>(host) | bits);
  if (codeBits(entry >>> 12)) invalidateCode(host, 4);
}

/** A byte as the CPU in place sees it; FFh where nothing is. */
export function physicalByte(gpa: u64): u32 {
  const host = entryHost(mapEntry(gpa >> 12));
  return host == 0 ? 0xff : <u32>load<u8>(host + ((<u32>gpa) & 0xfff));
}

/** Writes a byte to RAM; elsewhere it is lost. */
export function setPhysicalByte(gpa: u64, value: u32): void {
  const entry = entryForWrite(gpa >> 12);
  if ((entry & KIND_MASK) == KIND_RAM) store<u8>(frameForWrite(entry >>> 12, (<u32>gpa) & 0xfff, 1), <u8>value);
}

// ------------------------------------------------------------------------------------------------ for the host

/** Host address of a page that a bus master reads; 0: hole. */
export function pageForRead(gfn: f64): u32 {
  return entryHost(busEntry(<u64>gfn));
}

/** Host address of a page that the CPU in place reads; 0: hole. */
export function pageForCpu(gfn: f64): u32 {
  return entryHost(mapEntry(<u64>gfn));
}

/** Host address for writing `length` bytes at `offset` of a page; 0: hole, or ROM unless `force`. Decoded code there goes. */
export function pageForWrite(gfn: f64, offset: u32, length: u32, evenRom: bool): u32 {
  const entry = writable(<u64>gfn, busEntry(<u64>gfn));
  const kind = entry & KIND_MASK;
  if (kind == KIND_HOLE || (kind == KIND_ROM && !evenRom)) return 0;
  return frameForWrite(entry >>> 12, offset, length) - offset;
}

/** Host address of bytes of a frame that will be overwritten. */
export function frameForWrite(frame: u32, offset: u32, length: u32): u32 {
  const host = frameHost(frame) + offset;
  if (codeBits(frame)) invalidateCode(host, length);
  return host;
}

export function frameForRead(frame: u32): u32 {
  return frameHost(frame);
}

function mapChanged(): void {
  flushTlb();
  force();
}

/** Forgets what is mapped at one gfn, its watch flags aside. */
function clearEntryAt(gfn: u64, entry: u32): void {
  const kind = entry & KIND_MASK;
  if (kind == KIND_RAM || kind == KIND_ROM) {
    const frame = entry >>> 12;
    storeTo(frameHost(frame), 4096);
    if (references(frame) == 1 && firstBlock(frame) != 0) dropFrameBlocks(frame);
    dropReference(frame);
  }
  if (entry != 0) setMapEntry(gfn, entry & ENTRY_WATCHED);
}

export function populate(gfnFirst: f64, count: f64): void {
  let gfn = <u64>gfnFirst;
  const end = gfn + <u64>count;
  while (gfn < end) {
    if (!(gfn & 1023) && end - gfn >= 1024 && setUniform(gfn, KIND_UNTOUCHED)) {
      gfn += 1024;
      continue;
    }
    const entry = rawEntry(gfn);
    clearEntryAt(gfn, entry);
    setMapEntry(gfn, KIND_UNTOUCHED | (entry & ENTRY_WATCHED));
    gfn++;
  }
  mapChanged();
}

export function unmap(gfnFirst: f64, count: f64): void {
  const end = <u64>gfnFirst + <u64>count;
  for (let gfn = <u64>gfnFirst; gfn < end; gfn++) clearEntryAt(gfn, rawEntry(gfn));
  mapChanged();
}

/** A zeroed frame that is kept until the machine ends. */
export function allocateFrame(): u32 {
  const frame = newFrame();
  addReference(frame);
  return frame;
}

/** false: no such frame. */
export function mapFrame(gfn: f64, frame: u32, isRom: bool): bool {
  if (!frameExists(frame)) return false;
  const entry = rawEntry(<u64>gfn);
  addReference(frame);
  clearEntryAt(<u64>gfn, entry);
  setMapEntry(<u64>gfn, (frame << 12) | (isRom ? KIND_ROM : KIND_RAM | ENTRY_DIRTY) | (entry & ENTRY_WATCHED));
  mapChanged();
  return true;
}

export function movePage(from: f64, to: f64): void {
  if (from == to) return;
  const source = rawEntry(<u64>from);
  const target = rawEntry(<u64>to);
  clearEntryAt(<u64>to, target);
  if ((source & KIND_MASK) == KIND_RAM) storeTo(frameHost(source >>> 12), 4096);
  const moved = (source & KIND_MASK) == KIND_RAM ? source | ENTRY_DIRTY : source;
  setMapEntry(<u64>to, (moved & ~ENTRY_WATCHED) | (target & ENTRY_WATCHED));
  setMapEntry(<u64>from, source & ENTRY_WATCHED);
  mapChanged();
}

/** 0 hole, 1 RAM, 2 ROM, 3 untouched RAM. */
export function kindAt(gfn: f64): u32 {
  return rawEntry(<u64>gfn) & KIND_MASK;
}

/** Frame at a gfn (an untouched page gets one); 0: hole. */
export function frameAt(gfn: f64): u32 {
  let entry = rawEntry(<u64>gfn);
  const kind = entry & KIND_MASK;
  if (kind == KIND_HOLE) return 0;
  if (kind == KIND_UNTOUCHED) entry = materialize(<u64>gfn);
  return entry >>> 12;
}

/** Makes pages SMRAM, or ordinary again; what gets mapped there later is ordinary. */
export function setSmmOnly(gfnFirst: f64, count: f64, on: bool): void {
  const end = <u64>gfnFirst + <u64>count;
  for (let gfn = <u64>gfnFirst; gfn < end; gfn++) {
    const entry = rawEntry(gfn);
    if (entry & KIND_MASK) setMapEntry(gfn, on ? entry | ENTRY_SMM_ONLY : entry & ~ENTRY_SMM_ONLY);
  }
  mapChanged();
}

/** Watch flags of a page: bits 3 read, 4 write. The caller flushes by `watchesChanged`. */
export function setWatchFlags(gfn: f64, flags: u32): void {
  setMapEntry(<u64>gfn, (rawEntry(<u64>gfn) & ~ENTRY_WATCHED) | flags);
}

export function watchesChanged(): void {
  mapChanged();
}

/** The host has been told of all dirty pages: the next write to each makes it dirty again. */
export function dirtyTaken(): void {
  dropAllWrites();
}
