import { hex } from '../quantities/hex';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { equals, rangeText, within } from './conditions';
import type { Details, Explanation, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

class P2mTracker implements Tracker<EventOf<'p2m'>> {
  readonly #near = new NearMiss();

  constructor(private readonly spec: MilestoneOf<'p2m'>) {}

  feed(event: EventOf<'p2m'>): Details | undefined {
    const { gfn, op, mfn } = this.spec.params;
    const frames = { first: event.gfn, last: event.gfn + Math.max(1, event.count) - 1 };
    const conditions = [
      {
        label: 'gfn',
        isMet: frames.first <= gfn.last && frames.last >= gfn.first,
        expected: () => rangeText(gfn),
        actual: () => rangeText(frames),
      },
      ...equals('op', op, event.op),
      ...within('mfn', mfn, event.mfn),
    ];
    if (!this.#near.judge(event, conditions, () => `${event.op} of ${event.count} frames`)) return undefined;
    return [
      ['op', event.op],
      ['gfn', rangeText(frames)],
      ['mfn', hex(event.mfn)],
      ['type', event.type],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({
      closest: 'the p2m did not change',
      fixme: 'frames that the domain builder populates are there before the first instruction: only changes count',
    });
  }
}

export const P2M_MATCHER = matcher({ key: 'p2m', kinds: ['p2m'], start: (spec) => new P2mTracker(spec) });
