import { hex } from '../quantities/hex';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { atCode, inMode, isSwitch, placeText } from './conditions';
import { currentLinear } from './guest-registers';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

class ModeTracker implements Tracker<EventOf<'mode'>> {
  readonly #near = new NearMiss();

  constructor(
    private readonly spec: MilestoneOf<'mode'>,
    private readonly context: MatchContext,
  ) {}

  feed(event: EventOf<'mode'>): Details | undefined {
    const { mode, paging, at } = this.spec.params;
    const conditions = [
      ...inMode(mode, event.mode),
      ...isSwitch('paging', paging, event.paging === 1),
      ...atCode('at', at, event.cs, event.ip, () => currentLinear(this.context.machine.core)),
    ];
    if (!this.#near.judge(event, conditions, () => `mode ${event.mode}`)) return undefined;
    return [
      ['mode', event.mode],
      ['paging', event.paging === 1 ? 'on' : 'off'],
      ['at', placeText(event.cs, event.ip)],
      ['cr0', hex(event.cr0)],
      ['cr4', hex(event.cr4)],
      ['efer', hex(event.efer)],
    ];
  }

  explainMiss(): Explanation {
    const { mode } = this.context.machine.core;
    return this.#near.explanation({
      closest: `the mode did not change; the CPU is in ${mode} mode`,
      fixme: 'only a change counts: a mode that the CPU was in already is not entered',
    });
  }
}

export const MODE_MATCHER = matcher({ key: 'mode', kinds: ['mode'], start: (spec, context) => new ModeTracker(spec, context) });
