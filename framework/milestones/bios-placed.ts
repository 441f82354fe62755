import { hex } from '../quantities/hex';
import type { MilestoneOf } from '../spec/types';
import { atCode, placeText, rangeText, within } from './conditions';
import type { Condition } from './conditions';
import { currentLinear } from './guest-registers';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { matcher } from './matcher';

class BiosPlacedTracker implements Tracker {
  #isDone = false;
  #failed: readonly Condition[] = [];

  constructor(
    private readonly spec: MilestoneOf<'bios-placed'>,
    private readonly context: MatchContext,
  ) {}

  feed(): undefined {
    return undefined;
  }

  poll(): Details | undefined {
    const placed = this.context.bios.placed;
    if (placed === undefined || this.#isDone) return undefined;
    const { inside, at, by } = this.spec.params;
    const { core } = this.context.machine;
    const span = { first: placed.gpa, last: placed.gpa + placed.length - 1 };
    const conditions = [...within('at', at, placed.gpa), ...atCode('by', by, core.cs, core.ip, () => currentLinear(core))];
    if (inside !== undefined) {
      const isMet = span.first >= inside.first && span.last <= inside.last;
      conditions.push({ label: 'place', isMet, expected: () => `inside ${rangeText(inside)}`, actual: () => rangeText(span) });
    }
    this.#failed = conditions.filter(({ isMet }) => !isMet);
    if (this.#failed.length > 0) return undefined;
    this.#isDone = true;
    return [
      ['gpa', rangeText(span)],
      ['seen', `while ${placeText(core.cs, core.ip)} ran`],
    ];
  }

  explainMiss(): Explanation {
    if (this.#failed.length > 0) {
      return {
        closest: `firmware placed: ${this.#failed.map(({ label, expected, actual }) => `${label} ${actual()}, should be ${expected()}`).join('; ')}`,
      };
    }
    const progress = this.context.bios.progress();
    if (progress === undefined || progress.matching === 0) {
      return {
        closest: `no page of the image lies at ${hex(progress?.gpa ?? 0)}`,
        fixme: 'the image must end at 1 MiB (or, above 1 MiB, at 4 GiB)',
      };
    }
    const { gpa, matching, pages, firstDifference } = progress;
    return {
      closest: `${matching} of ${pages} pages match at ${hex(gpa)}; the first that does not is ${hex(firstDifference)}`,
      fixme: 'was the image copied whole, and not yet changed by its own code?',
    };
  }
}

/** An image that was placed before its turn came counts: on a flash part it lies there at power-on. */
export const BIOS_PLACED_MATCHER = matcher({
  key: 'bios-placed',
  kinds: [],
  scans: 'memory',
  start: (spec, context) => new BiosPlacedTracker(spec, context),
});
