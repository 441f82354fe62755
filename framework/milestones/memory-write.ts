import { hex } from '../quantities/hex';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { atCode, equals, masked, placeText, rangeText } from './conditions';
import { currentLinear } from './guest-registers';
import type { Details, Explanation, MatchContext, Tracker, Watch } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

class MemoryWriteTracker implements Tracker<EventOf<'memory-write'>> {
  readonly #near = new NearMiss();
  readonly #watch: Watch;

  constructor(
    private readonly spec: MilestoneOf<'memory-write'>,
    private readonly context: MatchContext,
  ) {
    this.#watch = context.watchWrites(spec.params.at.first, spec.params.at.last);
  }

  feed(event: EventOf<'memory-write'>): Details | undefined {
    if (event.watch !== this.#watch.id) return undefined;
    const { width, value, mask, by } = this.spec.params;
    const conditions = [
      ...equals('width', width, event.size),
      ...masked(value, mask, event.value),
      ...atCode('by', by, event.cs, event.ip, () => currentLinear(this.context.machine.core)),
    ];
    if (!this.#near.judge(event, conditions, () => `write to ${hex(event.gpa)}`)) return undefined;
    return [
      ['gpa', hex(event.gpa)],
      ['width', `${event.size} bytes`],
      ['value', hex(event.value)],
      ['by', placeText(event.cs, event.ip)],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({
      closest: `nothing wrote to ${rangeText(this.spec.params.at)}`,
      fixme: 'only instructions count, not a disk controller’s DMA',
    });
  }

  stop(): void {
    this.#watch.remove();
  }
}

export const MEMORY_WRITE_MATCHER = matcher({
  key: 'memory-write',
  kinds: ['memory-write'],
  start: (spec, context) => new MemoryWriteTracker(spec, context),
});
