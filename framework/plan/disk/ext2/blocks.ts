import type { Ext2Layout } from './layout';
import { DIRECT } from './records';

/** Blocks that lie beside each other. */
export interface Run {
  readonly first: number;
  readonly count: number;
}

/** Where a file lies. */
export interface Extent {
  readonly runs: readonly Run[];
  /** An inode's pointers: direct, single, double and triple indirect. */
  readonly pointers: readonly number[];
  readonly indirect: readonly { readonly block: number; readonly pointers: readonly number[] }[];
}

const POINTER_BYTES = 4;
const LEVELS = [1, 2, 3] as const;

/** Gives out the blocks of a file system in their order. */
export class Allocator {
  private group = 0;
  private next: number;

  constructor(private readonly layout: Ext2Layout) {
    this.next = layout.groups[0]!.firstFree;
  }

  /** The blocks of a group that are taken: its first ones. */
  used(index: number): number {
    const group = this.layout.groups[index]!;
    if (index < this.group) return group.blocks;
    return (index === this.group ? this.next : group.firstFree) - group.start;
  }

  /** Places a file of so many blocks, then what points to them; undefined when they do not fit. */
  place(blocks: number): Extent | undefined {
    const runs = this.take(blocks);
    if (!runs) return undefined;
    const all = runs.flatMap(({ first, count }) => Array.from({ length: count }, (_, index) => first + index));
    const pointers = all.slice(0, DIRECT);
    while (pointers.length < DIRECT) pointers.push(0);
    const indirect: { block: number; pointers: number[] }[] = [];
    const perBlock = this.layout.blockBytes / POINTER_BYTES;
    const pointTo = (targets: readonly number[], level: number): number | undefined => {
      if (level === 0) return targets[0];
      const block = this.take(1)?.[0]?.first;
      if (block === undefined) return undefined;
      const below = perBlock ** (level - 1);
      const entry: { block: number; pointers: number[] } = { block, pointers: [] };
      indirect.push(entry);
      for (let at = 0; at < targets.length; at += below) {
        const pointer = pointTo(targets.slice(at, at + below), level - 1);
        if (pointer === undefined) return undefined;
        entry.pointers.push(pointer);
      }
      return block;
    };
    let at = DIRECT;
    for (const level of LEVELS) {
      const targets = all.slice(at, at + perBlock ** level);
      const pointer = targets.length === 0 ? 0 : pointTo(targets, level);
      if (pointer === undefined) return undefined;
      pointers.push(pointer);
      at += targets.length;
    }
    return at < all.length ? undefined : { runs, pointers, indirect };
  }

  private take(count: number): Run[] | undefined {
    const { groups } = this.layout;
    const runs: Run[] = [];
    for (let left = count; left > 0;) {
      const { start, blocks } = groups[this.group]!;
      const length = Math.min(left, start + blocks - this.next);
      if (length > 0) runs.push({ first: this.next, count: length });
      this.next += length;
      left -= length;
      if (left === 0) break;
      if (this.group === groups.length - 1) return undefined;
      this.next = groups[++this.group]!.firstFree;
    }
    return runs;
  }
}
