import { hex } from '../quantities/hex';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { equals, within } from './conditions';
import type { Details, Explanation, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';
import { Tally } from './tally';

class HypercallTracker implements Tracker<EventOf<'hypercall'>> {
  readonly #near = new NearMiss();
  readonly #made = new Tally();

  constructor(private readonly spec: MilestoneOf<'hypercall'>) {}

  feed(event: EventOf<'hypercall'>): Details | undefined {
    const { name, sub, result, arg1, arg2, arg3 } = this.spec.params;
    const shown = event.subName === '' ? event.name : `${event.name}.${event.subName}`;
    this.#made.add(shown);
    if (event.name !== name) return undefined;
    const isMet = this.#near.judge(
      event,
      [
        ...equals('sub', sub, sub === String(event.sub) ? sub : event.subName || String(event.sub)),
        ...within('result', result, event.result),
        ...within('arg1', arg1, event.arg1),
        ...within('arg2', arg2, event.arg2),
        ...within('arg3', arg3, event.arg3),
      ],
      () => `hypercall ${shown}`,
    );
    if (!isMet) return undefined;
    return [
      ['hypercall', shown],
      ['result', hex(event.result)],
      ['arguments', [event.arg1, event.arg2, event.arg3].map((value) => hex(value)).join(', ')],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({
      ...this.#made.closest('the guest made only these hypercalls', this.spec.params.name),
      fixme: 'was the hypercall page set up (milestone hypercall-page)?',
    });
  }
}

export const HYPERCALL_MATCHER = matcher({
  key: 'hypercall',
  kinds: ['hypercall'],
  start: (spec) => new HypercallTracker(spec),
});
