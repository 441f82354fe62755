import { hex } from '../quantities/hex';
import { VMX_REASONS } from '../spec/milestone-schema/vmx-reasons';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { atCode, placeText, within } from './conditions';
import { currentLinear } from './guest-registers';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';
import { Tally } from './tally';

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(VMX_REASONS).map(([name, reason]) => [reason, name]));

function reasonName(reason: number): string {
  return NAMES.get(reason) ?? `reason ${reason}`;
}

class VmexitTracker implements Tracker<EventOf<'vmexit'>> {
  readonly #near = new NearMiss();
  readonly #reasons = new Tally();

  constructor(
    private readonly spec: MilestoneOf<'vmexit'>,
    private readonly context: MatchContext,
  ) {}

  feed(event: EventOf<'vmexit'>): Details | undefined {
    const { reason, qualification, at } = this.spec.params;
    if (event.reason !== reason) {
      this.#reasons.add(reasonName(event.reason));
      return undefined;
    }
    const conditions = [
      ...within('qualification', qualification, event.qualification),
      ...atCode('at', at, event.cs, event.ip, () => currentLinear(this.context.machine.core)),
    ];
    if (!this.#near.judge(event, conditions, () => `vmexit ${reasonName(reason)}`)) return undefined;
    return [
      ['reason', `${reasonName(reason)} (${reason})`],
      ['qualification', hex(event.qualification)],
      ['at', placeText(event.cs, event.ip)],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({
      ...this.#reasons.closest('control left non-root mode only for', reasonName(this.spec.params.reason)),
      fixme: 'VM exits exist on machine: xen-hvm only',
    });
  }
}

export const VMEXIT_MATCHER = matcher({
  key: 'vmexit',
  kinds: ['vmexit'],
  start: (spec, context) => new VmexitTracker(spec, context),
});
