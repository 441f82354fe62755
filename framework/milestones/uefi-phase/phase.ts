import type { EventOf } from '../../trace/events';
import type { Details, Explanation, MatchContext, Watch } from '../matcher';

/** One phase of UEFI firmware, and how its beginning is seen. */
export interface Phase {
  executed(event: EventOf<'executed'>): Details | undefined;
  explainMiss(): Explanation;
  stop(): void;
}

/** Watches that are armed together and removed together. */
export class WatchSet {
  #watches: Watch[] = [];

  constructor(private readonly context: MatchContext) {}

  add(first: number, last: number): void {
    this.#watches.push(this.context.watchExecution(BigInt(first), BigInt(last)));
  }

  get isArmed(): boolean {
    return this.#watches.length > 0;
  }

  has(event: EventOf<'executed'>): boolean {
    return this.#watches.some(({ id }) => id === event.watch);
  }

  remove(): void {
    for (const watch of this.#watches) watch.remove();
    this.#watches = [];
  }
}

/** Where a jump and where a reset of a real CPU arrive (SDM vol. 3, 10.1.4). */
export const RESET_VECTORS: readonly number[] = [0xf_fff0, 0xffff_fff0];
