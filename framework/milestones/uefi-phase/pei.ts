import { fileAt, filesOf, PEI_CORE } from '../../inspect/uefi/firmware-volume';
import { hex } from '../../quantities/hex';
import { MIB } from '../../quantities/units';
import type { EventOf } from '../../trace/events';
import { currentLinear } from '../guest-registers';
import type { Details, Explanation, MatchContext } from '../matcher';
import { RESET_VECTORS, WatchSet, type Phase } from './phase';
import { imageBase, imageVolumes } from './sec';

/** The last 128 KiB of the image show here too. */
const ALIAS_FIRST = 0xe_0000;
/** Instructions that ran outside of the image and in no PEI core: after so many this cannot be SEC any more. */
const STRANGERS_MAX = 10_000;

/**
 * Pre-EFI initialisation. SEC runs from the image; the first code above 1 MiB that is not in it is the PEI core when that was unpacked
 * into memory. A core that runs from the image is found there.
 */
export class PeiPhase implements Phase {
  readonly #vector: WatchSet;
  readonly #core: WatchSet;
  #strangers = 0;
  #last: string | undefined;

  constructor(private readonly context: MatchContext) {
    this.#vector = new WatchSet(context);
    this.#core = new WatchSet(context);
    const linear = Number(currentLinear(context.machine.core));
    if (linear >= imageBase(context) || (linear >= ALIAS_FIRST && linear < MIB)) this.#arm();
    else for (const vector of RESET_VECTORS) this.#vector.add(vector, vector);
  }

  #arm(): void {
    this.#vector.remove();
    const read = (gpa: number, length: number): Uint8Array => this.context.machine.readPhysical(gpa, length);
    this.#core.add(MIB, imageBase(this.context) - 1);
    for (const volume of imageVolumes(this.context)) {
      for (const { type, first, last } of filesOf(read, volume)) if (type === PEI_CORE) this.#core.add(first, last);
    }
  }

  executed(event: EventOf<'executed'>): Details | undefined {
    if (this.#vector.has(event)) this.#arm();
    if (!this.#core.has(event)) return undefined;
    const file = fileAt((gpa, length) => this.context.machine.readPhysical(gpa, length), Number(event.linear));
    if (file?.type === PEI_CORE) {
      return [
        ['at', hex(event.linear)],
        ['PEI core', `${hex(file.first)}..${hex(file.last)}`],
      ];
    }
    this.#last = hex(event.linear);
    if (++this.#strangers > STRANGERS_MAX) this.#core.remove();
    return undefined;
  }

  explainMiss(): Explanation {
    if (this.#last !== undefined) return { closest: `code outside of the image ran, at ${this.#last}, but in no PEI core` };
    if (this.#vector.isArmed) return { closest: 'the reset vector did not run' };
    return { closest: 'nothing but the image and what lies below 1 MiB ran', fixme: 'is it UEFI firmware, and does SEC get RAM?' };
  }

  stop(): void {
    this.#vector.remove();
    this.#core.remove();
  }
}
