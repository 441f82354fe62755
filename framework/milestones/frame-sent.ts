import { decodeFrame } from '../inspect/ethernet';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { equals, within } from './conditions';
import type { Details, Explanation, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

class FrameTracker implements Tracker<EventOf<'frame-sent'>> {
  readonly #near = new NearMiss();

  constructor(private readonly spec: MilestoneOf<'frame-sent'>) {}

  feed(event: EventOf<'frame-sent'>): Details | undefined {
    const frame = decodeFrame(Uint8Array.from(event.bytes.match(/../g) ?? [], (byte) => parseInt(byte, 16)));
    if (!frame) return undefined;
    const { protocol, nic, destination, source, type } = this.spec.params;
    const shown = frame.protocols.join(' ');
    const conditions = [
      ...equals('protocol', protocol, frame.protocols.find((known) => known === protocol) ?? shown),
      ...equals('nic', nic, event.nic),
      ...equals('destination', destination, frame.destination),
      ...equals('source', source, frame.source),
      ...within('type', type, frame.etherType),
    ];
    if (!this.#near.judge(event, conditions, () => `${shown} frame of ${event.nic} to ${frame.destination}`)) return undefined;
    return [
      ['nic', event.nic],
      ['protocols', shown],
      ['destination', frame.destination],
      ['source', frame.source],
      ['bytes', String(event.length)],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({ closest: 'no frame was sent', fixme: 'is there a card in guest.networks, with link: up?' });
  }
}

export const FRAME_SENT_MATCHER = matcher({
  key: 'frame-sent',
  kinds: ['frame-sent'],
  start: (spec) => new FrameTracker(spec),
});
