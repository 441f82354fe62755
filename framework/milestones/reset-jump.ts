import { hex } from '../quantities/hex';
import type { CodeAddress } from '../quantities/address';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { atCode, fromCode, inMode, isSwitch, placeText, within } from './conditions';
import { registerConditions } from './guest-registers';
import type { Details, Explanation, MatchContext, Tracker, Watch } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

/** Where a jump and where a reset of a real CPU arrive (SDM vol. 3, 10.1.4). */
const VECTORS: readonly bigint[] = [0xf_fff0n, 0xffff_fff0n];
const VECTOR: CodeAddress = { kind: 'segmented', selector: 0xf000, offset: 0xfff0 };

class ResetJumpTracker implements Tracker<EventOf<'executed'> | EventOf<'reset'>> {
  readonly #near = new NearMiss();
  readonly #watches: readonly Watch[];
  /** Instructions at which the CPU was last reset: its own first instruction is no jump. */
  #resetAt = 0;

  constructor(
    private readonly spec: MilestoneOf<'reset-jump'>,
    private readonly context: MatchContext,
  ) {
    this.#watches = VECTORS.map((linear) => context.watchExecution(linear, linear));
  }

  feed(event: EventOf<'executed'> | EventOf<'reset'>): Details | undefined {
    if (event.kind === 'reset') {
      this.#resetAt = event.instructions + 1;
      return undefined;
    }
    if (!this.#watches.some(({ id }) => id === event.watch) || event.instructions <= this.#resetAt) return undefined;
    const { to = VECTOR, linear, mode, paging, by } = this.spec.params;
    const { core } = this.context.machine;
    const conditions = [
      ...atCode('to', to, event.cs, event.ip, () => event.linear),
      ...within('linear', linear === undefined ? undefined : { first: linear, last: linear }, event.linear),
      ...inMode(mode, event.mode),
      ...isSwitch('paging', paging, core.paging),
      ...fromCode('by', by, event.fromCs, event.fromIp),
      ...registerConditions(core, this.spec.registers),
    ];
    if (!this.#near.judge(event, conditions, () => `jump to ${placeText(event.cs, event.ip)}`)) return undefined;
    return [
      ['to', placeText(event.cs, event.ip)],
      ['linear', hex(event.linear)],
      ['from', placeText(event.fromCs, event.fromIp)],
      ['mode', event.mode],
    ];
  }

  explainMiss(): Explanation {
    const { core } = this.context.machine;
    return this.#near.explanation({
      closest: `control never reached the reset vector; the last far transfer was from ${placeText(core.lastFar.cs, core.lastFar.ip)}`,
      fixme: 'the loader must leave protected mode and jump to F000:FFF0',
    });
  }

  stop(): void {
    for (const watch of this.#watches) watch.remove();
  }
}

export const RESET_JUMP_MATCHER = matcher({
  key: 'reset-jump',
  kinds: ['executed', 'reset'],
  start: (spec, context) => new ResetJumpTracker(spec, context),
});
