import type { Core } from '../machine/core-host/types';
import type { Watch } from '../milestones/matcher';

/** Arms watches on the core under identities that are never used twice in a run. */
export class WatchArmer {
  #nextId = 1;

  constructor(private readonly core: Core) {}

  readonly execution = (first: bigint, last: bigint): Watch => {
    const id = this.#nextId++;
    this.core.watchExecution(id, first, last);
    return this.#watch(id);
  };

  readonly writes = (first: number, last: number): Watch => {
    const id = this.#nextId++;
    this.core.watchMemory(id, first, last, 'write');
    return this.#watch(id);
  };

  #watch(id: number): Watch {
    return { id, remove: () => this.core.removeWatch(id) };
  }
}
