/**
 * The physical map: gfn -> entry. A hashed directory of runs of 1024 frames; a directory slot either stands for the whole
 * run (`uniform`, e.g. untouched RAM) or points to a leaf of 1024 entries, which takes one frame of the pool.
 *
 * Entry (u32): frame number << 12, and the bits below.
 */
import { IN_SMM } from '../layout/cpu-state';
import {
  MAP_DIRECTORY,
  MAP_DIRECTORY_ENTRIES,
  PAGE_DIRTY,
  PAGE_HOLE,
  PAGE_KIND_MASK,
  PAGE_RAM,
  PAGE_ROM,
  PAGE_SMM_ONLY,
  PAGE_UNTOUCHED,
  PAGE_WATCH_READ,
  PAGE_WATCH_WRITE,
} from '../layout/memory-map';
import { exhausted } from '../host';
import { addReference, frameHost, newFrame } from './frames';

export const KIND_MASK: u32 = PAGE_KIND_MASK;
export const KIND_HOLE: u32 = PAGE_HOLE;
export const KIND_RAM: u32 = PAGE_RAM;
export const KIND_ROM: u32 = PAGE_ROM;
export const KIND_UNTOUCHED: u32 = PAGE_UNTOUCHED;
export const ENTRY_DIRTY: u32 = PAGE_DIRTY;
export const ENTRY_WATCH_READ: u32 = PAGE_WATCH_READ;
export const ENTRY_WATCH_WRITE: u32 = PAGE_WATCH_WRITE;
export const ENTRY_SMM_ONLY: u32 = PAGE_SMM_ONLY;
export const ENTRY_WATCHED: u32 = PAGE_WATCH_READ | PAGE_WATCH_WRITE;

/** Slot: u32 (gfn >> 10) + 1 (0: free), u32 value: leaf host address | 1, or an entry << 1 for all (kind bits only). */
const MAP_SLOTS: u32 = MAP_DIRECTORY_ENTRIES;
let slotsUsed: u32 = 0;
let lastRun: u32 = 0xffffffff;
let lastSlot: u32 = 0;
/** Where `nextDirty` goes on. */
let dirtySlotsDone: u32 = 0;
let dirtySlot: u32 = 0;
let dirtyIndex: u32 = 0;

function findSlot(run: u32, create: bool): u32 {
  if (run == lastRun) return lastSlot;
  let index = (run ^ (run >>> 14)) & (MAP_SLOTS - 1);
  while (true) {
    const slot = <u32>MAP_DIRECTORY + (index << 3);
    const key = load<u32>(slot);
    if (key == run + 1) {
      lastRun = run;
      lastSlot = slot;
      return slot;
    }
    if (key == 0) {
      if (!create) return 0;
      if (slotsUsed >= MAP_SLOTS - 256) exhausted();
      slotsUsed++;
      store<u32>(slot, run + 1);
      store<u32>(slot, 0, 4);
      lastRun = run;
      lastSlot = slot;
      return slot;
    }
    index = (index + 1) & (MAP_SLOTS - 1);
  }
}

/** An entry as the map has it, SMRAM or not. */
export function rawEntry(gfn: u64): u32 {
  const slot = findSlot(<u32>(gfn >> 10), false);
  if (slot == 0) return 0;
  const value = load<u32>(slot, 4);
  if (value & 1) return load<u32>((value & ~1) + (((<u32>gfn) & 1023) << 2));
  return value >>> 1;
}

/** An entry as bus masters see it: SMRAM is a hole. */
export function busEntry(gfn: u64): u32 {
  const entry = rawEntry(gfn);
  return entry & ENTRY_SMM_ONLY ? entry & ENTRY_WATCHED : entry;
}

/** An entry as the CPU in place sees it: SMRAM is there in SMM only. */
export function mapEntry(gfn: u64): u32 {
  const entry = rawEntry(gfn);
  return entry & ENTRY_SMM_ONLY && !load<u32>(IN_SMM) ? entry & ENTRY_WATCHED : entry;
}

export function setMapEntry(gfn: u64, entry: u32): void {
  const slot = findSlot(<u32>(gfn >> 10), true);
  let value = load<u32>(slot, 4);
  if (!(value & 1)) {
    const all = value >>> 1;
    if (all == entry) return;
    const frame = newFrame();
    addReference(frame);
    const leaf = frameHost(frame);
    for (let at: u32 = 0; at < 4096; at += 4) store<u32>(leaf + at, all);
    value = leaf | 1;
    store<u32>(slot, value, 4);
  }
  store<u32>((value & ~1) + (((<u32>gfn) & 1023) << 2), entry);
}

/** Sets a whole run of 1024 frames to one kind when it has no leaf yet; false: the caller goes entry by entry. */
export function setUniform(gfn: u64, kind: u32): bool {
  const slot = findSlot(<u32>(gfn >> 10), true);
  if (load<u32>(slot, 4) != 0) return false;
  store<u32>(slot, kind << 1, 4);
  return true;
}

/** Slots of the directory that are taken; they never become free again. */
export function mapSlotsUsed(): u32 {
  return slotsUsed;
}

/** A dirty page below `limit`, which is dirty no more; -1: none is left. */
export function nextDirty(limit: f64): f64 {
  for (; dirtySlotsDone < slotsUsed; dirtySlot++) {
    const slot = <u32>MAP_DIRECTORY + (dirtySlot << 3);
    const key = load<u32>(slot);
    if (key == 0) continue;
    const value = load<u32>(slot, 4);
    const first = <f64>(key - 1) * 1024;
    while (value & 1 && dirtyIndex < 1024 && first + dirtyIndex < limit) {
      const at = (value & ~1) + (dirtyIndex << 2);
      const gfn = first + dirtyIndex++;
      const entry = load<u32>(at);
      if (!(entry & ENTRY_DIRTY)) continue;
      store<u32>(at, entry & ~ENTRY_DIRTY);
      return gfn;
    }
    dirtySlotsDone++;
    dirtyIndex = 0;
  }
  dirtySlotsDone = 0;
  dirtySlot = 0;
  return -1;
}

export function resetMap(): void {
  memory.fill(MAP_DIRECTORY, 0, MAP_SLOTS << 3);
  slotsUsed = 0;
  lastRun = 0xffffffff;
}
