import { PAGE_BYTES } from '../../quantities/units';
import type { CoreExports } from './core-exports';
import type { GuestMemory } from './physical-memory';
import type { CoreSnapshot } from './types';

type MemoryPart = Pick<CoreSnapshot, 'frames' | 'map' | 'allocated'>;

/** Every frame that the map or an allocation keeps, and the map. */
export function saveMemory(memory: GuestMemory, allocated: ReadonlySet<number>): MemoryPart {
  const map = memory.stretches();
  const kept = new Set(allocated);
  for (const { frame, count, access } of map) {
    if (access !== 'untouched') for (let index = 0; index < count; index++) kept.add(frame + index);
  }
  const frames = [...kept].sort((a, b) => a - b).map((frame) => ({ frame, bytes: memory.readFrame(frame, 0, PAGE_BYTES) }));
  return { frames, map, allocated: [...allocated] };
}

/** Rebuilds pool and map. Frames keep their numbers. */
export function restoreMemory(exports: CoreExports, memory: GuestMemory, saved: MemoryPart): void {
  const pinned = new Set(saved.allocated);
  const highest = saved.frames.reduce((most, { frame }) => Math.max(most, frame), 0);
  exports.beginRestoreAll();
  exports.beginRestore(highest);
  for (const { frame } of saved.frames) exports.reviveFrame(frame, pinned.has(frame));
  exports.endRestore();
  for (const { frame, bytes } of saved.frames) memory.writeFrame(frame, 0, bytes);
  for (const { gfn, count, frame, access, smmOnly } of saved.map) {
    if (access === 'untouched') exports.restoreMapRun(gfn, count);
    else for (let index = 0; index < count; index++) exports.restoreMapFrame(gfn + index, frame + index, access === 'rom');
    if (smmOnly) exports.setSmmOnly(gfn, count, true);
  }
}
