import { hex } from '../quantities/hex';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { equals, inRange, masked, rangeText } from './conditions';
import type { Details, Explanation, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

type Key = 'port-read' | 'port-write';

class PortTracker implements Tracker<EventOf<Key>> {
  readonly #near = new NearMiss();

  constructor(private readonly spec: MilestoneOf<'port-read'> | MilestoneOf<'port-write'>) {}

  feed(event: EventOf<Key>): Details | undefined {
    const { port, width, value, mask } = this.spec.params;
    if (!inRange(port, event.port)) return undefined;
    const conditions = [...equals('width', width, event.size), ...masked(value, mask, BigInt(event.value))];
    if (!this.#near.judge(event, conditions, () => `${event.kind} ${hex(event.port)}`)) return undefined;
    return [
      ['port', hex(event.port)],
      ['width', `${event.size} bytes`],
      ['value', hex(event.value)],
      ['device', event.claimed === 1 ? 'answered' : 'none answered'],
    ];
  }

  explainMiss(): Explanation {
    const verb = this.spec.key === 'port-read' ? 'read' : 'written';
    return this.#near.explanation({ closest: `port ${rangeText(this.spec.params.port)} was never ${verb}` });
  }
}

export const PORT_READ_MATCHER = matcher({ key: 'port-read', kinds: ['port-read'], start: (spec) => new PortTracker(spec) });
export const PORT_WRITE_MATCHER = matcher({ key: 'port-write', kinds: ['port-write'], start: (spec) => new PortTracker(spec) });
