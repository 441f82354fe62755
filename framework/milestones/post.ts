import { hex } from '../quantities/hex';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { inRange, within } from './conditions';
import type { Details, Explanation, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

const POST_PORT = 0x80;

class PostTracker implements Tracker<EventOf<'post'>> {
  readonly #near = new NearMiss();
  #last: number | undefined;

  constructor(private readonly spec: MilestoneOf<'post'>) {}

  feed(event: EventOf<'post'>): Details | undefined {
    const { code, port = { first: POST_PORT, last: POST_PORT } } = this.spec.params;
    this.#last = event.code;
    if (!inRange(port, event.port)) return undefined;
    if (!this.#near.judge(event, within('code', code, event.code), () => 'POST code')) return undefined;
    return [
      ['code', hex(event.code, 2)],
      ['port', hex(event.port)],
    ];
  }

  explainMiss(): Explanation {
    if (this.#last !== undefined) return { closest: `the last POST code was ${hex(this.#last, 2)}` };
    return { closest: 'no POST code was written', fixme: 'many firmware builds write none; look at serial or debug-console instead' };
  }
}

export const POST_MATCHER = matcher({ key: 'post', kinds: ['post'], start: (spec) => new PostTracker(spec) });
