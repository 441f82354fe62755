import type { SystemTable } from '../../inspect/uefi/system-table';
import { hex } from '../../quantities/hex';
import type { EventOf } from '../../trace/events';
import type { Details, Explanation, MatchContext } from '../matcher';
import { WatchSet, type Phase } from './phase';

/** Driver execution environment: the foundation has made the EFI system table. It is looked for now and then, so this is exact to a million instructions. */
export class DxePhase implements Phase {
  readonly #foundation: WatchSet;
  readonly #forget: (() => void) | undefined;
  #table: SystemTable | undefined;

  constructor(context: MatchContext) {
    this.#foundation = new WatchSet(context);
    // A table that is there already: the phase was entered before this milestone had its turn.
    if (context.uefi.systemTable) return;
    this.#forget = context.uefi.onSystemTable((table) => {
      this.#table = table;
      this.#foundation.add(table.foundation.first, table.foundation.last);
    });
  }

  executed(event: EventOf<'executed'>): Details | undefined {
    if (!this.#table || !this.#foundation.has(event)) return undefined;
    const { gpa, foundation } = this.#table;
    return [
      ['at', hex(event.linear)],
      ['EFI system table', hex(gpa)],
      ['boot services', `${hex(foundation.first)}..${hex(foundation.last)}`],
    ];
  }

  explainMiss(): Explanation {
    if (!this.#forget)
      return { closest: 'there was an EFI system table already', fixme: 'put the milestone before what happens in DXE or later' };
    return { closest: 'no EFI system table came to stand in memory' };
  }

  stop(): void {
    this.#forget?.();
    this.#foundation.remove();
  }
}
