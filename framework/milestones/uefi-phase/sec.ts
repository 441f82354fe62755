import { volumesIn } from '../../inspect/uefi/firmware-volume';
import { hex } from '../../quantities/hex';
import { GIB } from '../../quantities/units';
import type { EventOf } from '../../trace/events';
import type { Details, Explanation, MatchContext } from '../matcher';
import { RESET_VECTORS, WatchSet, type Phase } from './phase';

/** Security: the first code of the image that the CPU finds at its reset vector. */
export class SecPhase implements Phase {
  readonly #vector: WatchSet;
  #hasRun = false;

  constructor(private readonly context: MatchContext) {
    this.#vector = new WatchSet(context);
    for (const vector of RESET_VECTORS) this.#vector.add(vector, vector);
  }

  executed(event: EventOf<'executed'>): Details | undefined {
    if (!this.#vector.has(event)) return undefined;
    this.#hasRun = true;
    const volumes = imageVolumes(this.context);
    if (volumes.length === 0) return undefined;
    return [
      ['at', hex(event.linear)],
      ['firmware volumes', volumes.map((gpa) => hex(gpa)).join(', ')],
    ];
  }

  explainMiss(): Explanation {
    if (!this.#hasRun) return { closest: 'the reset vector did not run' };
    return { closest: 'the image at the reset vector has no firmware volume', fixme: 'is it UEFI firmware?' };
  }

  stop(): void {
    this.#vector.remove();
  }
}

/** Where the image begins that ends at 4 GiB. */
export function imageBase({ machine }: MatchContext): number {
  return 4 * GIB - machine.config.firmware.bios.length;
}

export function imageVolumes(context: MatchContext): number[] {
  return volumesIn((gpa, length) => context.machine.readPhysical(gpa, length), imageBase(context), 4 * GIB);
}
