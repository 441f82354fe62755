import type { EventStamp } from '../trace/events';
import type { Condition } from './conditions';
import type { Explanation } from './matcher';

interface Nearest {
  readonly score: number;
  readonly what: string;
  readonly failed: readonly Condition[];
  readonly instructions: number;
}

/** Judges events against conditions and remembers the one that came nearest. */
export class NearMiss {
  #nearest: Nearest | undefined;
  #count = 0;

  /** True when every condition is met. `what` names the event for a reader. */
  judge(event: EventStamp, conditions: readonly Condition[], what: () => string): boolean {
    const failed = conditions.filter(({ isMet }) => !isMet);
    if (failed.length === 0) return true;
    this.#count++;
    const score = closeness(conditions, conditions.length - failed.length);
    // The first of equals is kept: later ones are usually repetitions of it.
    if (this.#nearest === undefined || score > this.#nearest.score) {
      this.#nearest = { score, what: what(), failed: failed.map(frozen), instructions: event.instructions };
    }
    return false;
  }

  /** What came nearest in words; `nothing` when no event was judged. */
  explanation(nothing: Explanation, fixme?: string): Explanation {
    const nearest = this.#nearest;
    if (nearest === undefined) return nothing;
    const differences = nearest.failed.map(({ label, expected, actual }) => `${label} ${actual()}, should be ${expected()}`).join('; ');
    const others = this.#count > 1 ? ` (${this.#count - 1} more that do not match)` : '';
    const hint = fixme ?? nothing.fixme;
    return {
      closest: `${nearest.what} at instruction ${nearest.instructions}: ${differences}${others}`,
      ...(hint !== undefined && { fixme: hint }),
    };
  }
}

/** Conditions stand in the order of their weight: those met before the first failure count most. */
function closeness(conditions: readonly Condition[], met: number): number {
  const firstFailed = conditions.findIndex(({ isMet }) => !isMet);
  return firstFailed * 100 + met;
}

/** The texts as they are now: the machine goes on. */
function frozen({ label, isMet, expected, actual }: Condition): Condition {
  const texts = [expected(), actual()] as const;
  return { label, isMet, expected: () => texts[0], actual: () => texts[1] };
}
