import { disassemble } from '../inspect/disassemble';
import type { CodeAddress } from '../quantities/address';
import { hex } from '../quantities/hex';
import type { Range } from '../quantities/range';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { atCode, codeText, fromCode, inMode, isSwitch, placeText } from './conditions';
import { registerConditions } from './guest-registers';
import type { Details, Explanation, MatchContext, Tracker, Watch } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

/** CS base at power-on, while its selector reads F000h (SDM vol. 3, 10.1.4). */
const POWER_ON_SELECTOR = 0xf000;
const POWER_ON_BASE = 0xffff_0000n;

/** Linear addresses to watch: of selector:offset the real-mode reading, the flat one, and for F000h the one at power-on. */
function watchedRanges(at: CodeAddress): Range<bigint>[] {
  if (at.kind === 'linear') return [at];
  const offset = BigInt(at.offset);
  const places = [BigInt(at.selector) * 16n + offset, offset, ...(at.selector === POWER_ON_SELECTOR ? [POWER_ON_BASE + offset] : [])];
  return [...new Set(places)].map((address) => ({ first: address, last: address }));
}

class ExecutedTracker implements Tracker<EventOf<'executed'>> {
  readonly #near = new NearMiss();
  readonly #watches: readonly Watch[];

  constructor(
    private readonly spec: MilestoneOf<'executed'>,
    private readonly context: MatchContext,
  ) {
    this.#watches = watchedRanges(spec.params.at).map(({ first, last }) => context.watchExecution(first, last));
  }

  feed(event: EventOf<'executed'>): Details | undefined {
    if (!this.#watches.some(({ id }) => id === event.watch)) return undefined;
    const { at, mode, paging, by } = this.spec.params;
    const { core } = this.context.machine;
    const conditions = [
      ...atCode('at', at, event.cs, event.ip, () => event.linear),
      ...inMode(mode, event.mode),
      ...isSwitch('paging', paging, core.paging),
      ...fromCode('by', by, event.fromCs, event.fromIp),
      ...registerConditions(core, this.spec.registers),
    ];
    if (!this.#near.judge(event, conditions, () => `execution of ${placeText(event.cs, event.ip)}`)) return undefined;
    return [
      ['at', placeText(event.cs, event.ip)],
      ['linear', hex(event.linear)],
      ['mode', event.mode],
      ['last far transfer from', placeText(event.fromCs, event.fromIp)],
    ];
  }

  explainMiss(): Explanation {
    const { at } = this.spec.params;
    const first = watchedRanges(at)[0]?.first ?? 0n;
    const { core } = this.context.machine;
    const bytes = core.readLinear(first, 15);
    const there = disassemble(bytes, first, core.mode === 'real' || core.mode === 'smm' ? 16 : 32, 1)[0]?.text;
    return this.#near.explanation({
      closest: `nothing ran at ${codeText(at)}${there === undefined ? '' : ` (there now: ${there})`}`,
      fixme: 'was the code put there, and did anything jump to it?',
    });
  }

  stop(): void {
    for (const watch of this.#watches) watch.remove();
  }
}

export const EXECUTED_MATCHER = matcher({
  key: 'executed',
  kinds: ['executed'],
  start: (spec, context) => new ExecutedTracker(spec, context),
});
