import { toRegExp } from '../quantities/text-match';
import type { MilestoneOf } from '../spec/types';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { matcher } from './matcher';
import { textMiss } from './nearest-text';

class ScreenTracker implements Tracker {
  readonly #pattern: RegExp;
  /** The text must go away before it can appear again (`count`). */
  #wasShown = false;
  #lines: readonly string[] | undefined;

  constructor(
    private readonly spec: MilestoneOf<'screen'>,
    private readonly context: MatchContext,
  ) {
    this.#pattern = toRegExp(spec.params.text);
  }

  feed(): undefined {
    return undefined;
  }

  poll(): Details | undefined {
    const before = this.#lines;
    const lines = (this.#lines = this.context.machine.textScreen()) ?? [];
    if (lines === before) return undefined;
    const row = lines.findIndex((line) => this.#pattern.test(line));
    const isNew = row >= 0 && !this.#wasShown;
    this.#wasShown = row >= 0;
    if (!isNew) return undefined;
    return [
      ['line', JSON.stringify(lines[row])],
      ['row', String(row)],
    ];
  }

  explainMiss(): Explanation {
    const lines = this.context.machine.textScreen();
    if (lines === undefined)
      return {
        closest: 'there is no text screen: the adapter shows graphics, or there is none',
        fixme: 'guest.vga must be stdvga or cirrus',
      };
    return {
      closest: textMiss(
        'the screen',
        lines.filter((line) => line !== ''),
        this.spec.params.text,
      ),
    };
  }
}

export const SCREEN_MATCHER = matcher({
  key: 'screen',
  kinds: [],
  scans: 'screen',
  start: (spec, context) => new ScreenTracker(spec, context),
});
