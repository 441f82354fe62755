/** What only the host calls: slots, snapshots, budgets, watches. */
import { ACTIVITY, EFLAGS, FLAG_AUX, FLAG_RESULT, IS_BSP, MONITOR_LINE, STATE, STATE_BYTES } from '../layout/cpu-state';
import { VCPU_STATES } from '../layout/memory-map';
import { A20_MASK, CURRENT_OP, CURRENT_VCPU, FLUSH_PENDING, REMAINING, RUNNING, STOP_REQUESTED, WATCH_COUNT } from '../layout/run-state';
import { trueRemaining, unretired } from '../state';
import { recheck, force, unpatch } from '../blocks/force';
import { resetBlocks } from '../blocks/cache';
import { addReference, startPool } from '../memory/frames';
import { ENTRY_DIRTY, KIND_RAM, KIND_ROM, KIND_UNTOUCHED, resetMap, setMapEntry, setUniform } from '../memory/map';
import { armLine } from '../memory/monitor';
import { flushTlb, resetTlb } from '../memory/tlb';
import { deriveQuiet } from '../segments/derive';
import { powerOn } from './reset';
import { setFlags } from './flags';

/** Once, on a fresh memory. */
export function start(): void {
  store<u64>(A20_MASK, ~(<u64>0));
  startPool();
  resetMap();
  resetTlb();
  resetBlocks();
}

function slot(vcpu: i32): u32 {
  return <u32>VCPU_STATES + ((<u32>vcpu) << 12);
}

/** Puts another vCPU's state in place; `from` -1: nothing to save. */
export function selectSlot(from: i32, to: i32): void {
  unpatch();
  if (from >= 0) memory.copy(slot(from), STATE, STATE_BYTES);
  memory.copy(STATE, slot(to), STATE_BYTES);
  store<u32>(CURRENT_VCPU, <u32>to);
  store<u32>(CURRENT_OP, 0);
  flushTlb();
  deriveQuiet();
}

/** Power-on of the vCPU in place. */
export function resetSlot(isBsp: i32, activity: i32): void {
  powerOn(isBsp);
  store<u32>(IS_BSP, <u32>isBsp);
  store<u32>(ACTIVITY, <u32>activity);
}

/** The host has written registers of the vCPU in place: `rflags` is the whole image; everything derived is renewed. */
export function loaded(rflags: i32): void {
  store<u64>(FLAG_RESULT, 1);
  store<u32>(FLAG_AUX, 0);
  store<u32>(EFLAGS, 2);
  setFlags(rflags, -1);
  if (load<u32>(MONITOR_LINE)) armLine(load<u32>(MONITOR_LINE));
  flushTlb();
  deriveQuiet();
}

/** Copies the vCPU in place to its slot. */
export function stateSaved(vcpu: i32): void {
  memory.copy(slot(vcpu), STATE, STATE_BYTES);
}

export function requestStop(): void {
  store<u32>(STOP_REQUESTED, 1);
  if (load<u32>(RUNNING)) force();
}

/** A pending event of the vCPU in place changed from outside. */
export function recheckEvents(): void {
  recheck();
}

/** Takes `count` instructions from what may still retire after the one under way; gives how many were left. */
export function shorten(count: i32): i32 {
  const left = trueRemaining() + unretired() - (load<u32>(CURRENT_OP) != 0 ? 1 : 0);
  if (count >= left) return left;
  store<i32>(REMAINING, load<i32>(REMAINING) - (left - count));
  force();
  return left;
}

export function setA20(open: i32): void {
  store<u64>(A20_MASK, open ? ~(<u64>0) : ~(<u64>0x100000));
  flushTlb();
  force();
}

/** Execution watches changed: blocks are decoded anew. */
export function setWatchCount(count: i32): void {
  store<u32>(WATCH_COUNT, <u32>count);
  store<u32>(FLUSH_PENDING, 1);
  force();
}

/** Restore, before `beginRestore`: no map, no code, no translations. */
export function beginRestoreAll(): void {
  unpatch();
  resetBlocks();
  resetMap();
  flushTlb();
}

/** Restore: one mapped frame. */
export function restoreMapFrame(gfn: f64, frame: u32, isRom: bool): void {
  addReference(frame);
  setMapEntry(<u64>gfn, (frame << 12) | (isRom ? KIND_ROM : KIND_RAM | ENTRY_DIRTY));
}

/** Restore: a run of untouched RAM. */
export function restoreMapRun(gfnFirst: f64, count: f64): void {
  let gfn = <u64>gfnFirst;
  const end = gfn + <u64>count;
  while (gfn < end) {
    if (!(gfn & 1023) && end - gfn >= 1024 && setUniform(gfn, KIND_UNTOUCHED)) gfn += 1024;
    else {
      setMapEntry(gfn, KIND_UNTOUCHED);
      gfn++;
    }
  }
}
