import type { EventOf } from '../../trace/events';
import type { MilestoneOf } from '../../spec/types';
import type { Details, Explanation, MatchContext, Tracker } from '../matcher';
import { matcher } from '../matcher';
import { BdsPhase } from './bds';
import { DxePhase } from './dxe';
import { PeiPhase } from './pei';
import type { Phase } from './phase';
import { SecPhase } from './sec';

const PHASES = {
  sec: (context: MatchContext): Phase => new SecPhase(context),
  pei: (context: MatchContext): Phase => new PeiPhase(context),
  dxe: (context: MatchContext): Phase => new DxePhase(context),
  bds: (context: MatchContext): Phase => new BdsPhase(context),
} as const;

class UefiPhaseTracker implements Tracker<EventOf<'executed'>> {
  readonly #phase: Phase;

  constructor(spec: MilestoneOf<'uefi-phase'>, context: MatchContext) {
    this.#phase = PHASES[spec.params.phase](context);
  }

  feed(event: EventOf<'executed'>): Details | undefined {
    return this.#phase.executed(event);
  }

  explainMiss(): Explanation {
    return this.#phase.explainMiss();
  }

  stop(): void {
    this.#phase.stop();
  }
}

export const UEFI_PHASE_MATCHER = matcher({
  key: 'uefi-phase',
  kinds: ['executed'],
  start: (spec, context) => new UefiPhaseTracker(spec, context),
});
