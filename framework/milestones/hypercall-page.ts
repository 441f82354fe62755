import { hex } from '../quantities/hex';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { equals, within } from './conditions';
import type { Details, Explanation, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

class HypercallPageTracker implements Tracker<EventOf<'hypercall-page'>> {
  readonly #near = new NearMiss();

  constructor(private readonly spec: MilestoneOf<'hypercall-page'>) {}

  feed(event: EventOf<'hypercall-page'>): Details | undefined {
    const { at, page } = this.spec.params;
    const conditions = [...within('at', at, event.gpa), ...equals('page', page, event.page)];
    if (!this.#near.judge(event, conditions, () => `hypercall page at ${hex(event.gpa)}`)) return undefined;
    return [
      ['gpa', hex(event.gpa)],
      ['page', String(event.page)],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({
      closest: 'no hypercall page was asked for',
      fixme: 'the guest writes its address to the MSR that CPUID leaf 0x4000_0002 names',
    });
  }
}

export const HYPERCALL_PAGE_MATCHER = matcher({
  key: 'hypercall-page',
  kinds: ['hypercall-page'],
  start: (spec) => new HypercallPageTracker(spec),
});
