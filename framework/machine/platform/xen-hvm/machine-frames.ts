/**
 * Machine memory as a host that runs for a while has it: free frames lie scattered, but an allocation of a 2 MiB or
 * 1 GiB extent is aligned and contiguous. Each order has its own stretch of machine memory, walked in a fixed
 * pseudo-random order, so that the same domain always gets the same frames.
 */
import type { Mfn } from '../../../quantities/units';

/** 4 KiB frames, 2 MiB and 1 GiB superpages, and pages of the hypervisor itself (shared info, grant table). */
export type FramePool = '4k' | '2m' | '1g' | 'xen';

interface Pool {
  /** log2 of an extent's frames. */
  readonly order: number;
  /** log2 of the number of extents. */
  readonly bits: number;
  readonly first: Mfn;
}

const POOLS: Record<FramePool, Pool> = {
  xen: { order: 0, bits: 12, first: 0x8_0000 },
  '4k': { order: 0, bits: 20, first: 0x10_0000 },
  '2m': { order: 9, bits: 14, first: 0x80_0000 },
  '1g': { order: 18, bits: 8, first: 0x400_0000 },
};

export function extentFrames(pool: FramePool): number {
  return 2 ** POOLS[pool].order;
}

export function poolFrames(pool: FramePool): number {
  return 2 ** (POOLS[pool].order + POOLS[pool].bits);
}

const ROUND_KEYS = [0x9e37, 0x79b9, 0x7f4a, 0x7c15] as const;

/** A bijection of `bits`-bit numbers (a Feistel network; for odd widths the halves differ by one bit). */
function scatter(index: number, bits: number): number {
  let leftBits = bits >> 1;
  let rightBits = bits - leftBits;
  let left = index >>> rightBits;
  let right = index & ((1 << rightBits) - 1);
  for (const key of ROUND_KEYS) {
    const mixed = Math.imul(right + key, 0x85eb_ca6b) >>> 7;
    const next = (left ^ mixed) & ((1 << leftBits) - 1);
    left = right;
    right = next;
    [leftBits, rightBits] = [rightBits, leftBits];
  }
  return ((left << rightBits) | right) >>> 0;
}

/** Machine frame of the `index`-th frame ever handed out of a pool. */
export function machineFrame(pool: FramePool, index: number): Mfn {
  const { order, bits, first } = POOLS[pool];
  const extent = Math.floor(index / 2 ** order);
  return first + scatter(extent, bits) * 2 ** order + (index % 2 ** order);
}
