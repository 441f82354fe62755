import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { matcher } from './matcher';
import { textMiss } from './nearest-text';
import { TextStream } from './text-stream';

const UARTS = ['com1', 'com2', 'com3', 'com4', 'hvc0'] as const;

class SerialTracker implements Tracker<EventOf<'serial'>> {
  readonly #stream: TextStream;
  readonly #uart: number;

  constructor(
    private readonly spec: MilestoneOf<'serial'>,
    { machine }: MatchContext,
  ) {
    this.#stream = new TextStream(spec.params.text);
    this.#uart = UARTS.indexOf(spec.params.uart ?? (machine.config.platform === 'xen-pvh' ? 'hvc0' : 'com1'));
  }

  feed(event: EventOf<'serial'>): Details | undefined {
    if (event.uart !== this.#uart) return undefined;
    const found = this.#stream.add(event.byte);
    if (found === undefined) return undefined;
    return [
      ['text', JSON.stringify(found)],
      ['uart', UARTS[this.#uart] ?? ''],
    ];
  }

  explainMiss(): Explanation {
    return { closest: textMiss(UARTS[this.#uart] ?? 'the UART', this.#stream.lines(), this.spec.params.text) };
  }
}

export const SERIAL_MATCHER = matcher({ key: 'serial', kinds: ['serial'], start: (spec, context) => new SerialTracker(spec, context) });
