import { hex } from '../quantities/hex';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { atCode, equals, isSwitch, placeText, within } from './conditions';
import { currentLinear } from './guest-registers';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

class HaltedTracker implements Tracker<EventOf<'halted'>> {
  readonly #near = new NearMiss();

  constructor(
    private readonly spec: MilestoneOf<'halted'>,
    private readonly context: MatchContext,
  ) {}

  feed(event: EventOf<'halted'>): Details | undefined {
    const { at, interrupts } = this.spec.params;
    const conditions = [
      ...atCode('at', at, event.cs, event.ip, () => currentLinear(this.context.machine.core)),
      ...isSwitch('interrupts', interrupts, event.interruptsEnabled === 1),
    ];
    if (!this.#near.judge(event, conditions, () => `halt at ${placeText(event.cs, event.ip)}`)) return undefined;
    return [
      ['at', placeText(event.cs, event.ip)],
      ['interrupts', event.interruptsEnabled === 1 ? 'on' : 'off'],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({
      closest: 'the machine never halted for good',
      fixme: 'a HLT that a timer ends is no halt: interrupts must be off, or nothing armed',
    });
  }
}

class ResetTracker implements Tracker<EventOf<'reset'>> {
  readonly #near = new NearMiss();

  constructor(private readonly spec: MilestoneOf<'reset'>) {}

  feed(event: EventOf<'reset'>): Details | undefined {
    const conditions = equals('source', this.spec.params.source, event.source);
    return this.#near.judge(event, conditions, () => 'reset') ? [['source', event.source]] : undefined;
  }

  explainMiss(): Explanation {
    return this.#near.explanation({ closest: 'the machine was not reset' });
  }
}

class ShutdownTracker implements Tracker<EventOf<'shutdown'>> {
  readonly #near = new NearMiss();

  constructor(private readonly spec: MilestoneOf<'shutdown'>) {}

  feed(event: EventOf<'shutdown'>): Details | undefined {
    const { reason, source } = this.spec.params;
    const conditions = [...equals('reason', reason, event.reason), ...equals('source', source, event.source)];
    if (!this.#near.judge(event, conditions, () => 'shutdown')) return undefined;
    return [
      ['source', event.source],
      ['reason', String(event.reason)],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({ closest: 'the machine was not switched off' });
  }
}

class TripleFaultTracker implements Tracker<EventOf<'triple-fault'>> {
  readonly #near = new NearMiss();

  constructor(
    private readonly spec: MilestoneOf<'triple-fault'>,
    private readonly context: MatchContext,
  ) {}

  feed(event: EventOf<'triple-fault'>): Details | undefined {
    const { at, vector } = this.spec.params;
    const conditions = [
      ...atCode('at', at, event.cs, event.ip, () => currentLinear(this.context.machine.core)),
      ...within('vector', vector, event.vector),
    ];
    if (!this.#near.judge(event, conditions, () => `triple fault at ${placeText(event.cs, event.ip)}`)) return undefined;
    return [
      ['at', placeText(event.cs, event.ip)],
      ['vector', hex(event.vector)],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({ closest: 'no CPU triple-faulted' });
  }
}

export const HALTED_MATCHER = matcher({ key: 'halted', kinds: ['halted'], start: (spec, context) => new HaltedTracker(spec, context) });
export const RESET_MATCHER = matcher({ key: 'reset', kinds: ['reset'], start: (spec) => new ResetTracker(spec) });
export const SHUTDOWN_MATCHER = matcher({ key: 'shutdown', kinds: ['shutdown'], start: (spec) => new ShutdownTracker(spec) });
export const TRIPLE_FAULT_MATCHER = matcher({
  key: 'triple-fault',
  kinds: ['triple-fault'],
  start: (spec, context) => new TripleFaultTracker(spec, context),
});
