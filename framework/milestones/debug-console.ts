import { hex } from '../quantities/hex';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { inRange } from './conditions';
import type { Details, Explanation, Tracker } from './matcher';
import { matcher } from './matcher';
import { textMiss } from './nearest-text';
import { TextStream } from './text-stream';

class DebugConsoleTracker implements Tracker<EventOf<'debug-console'>> {
  /** Each port is a console of its own. */
  readonly #streams = new Map<number, TextStream>();

  constructor(private readonly spec: MilestoneOf<'debug-console'>) {}

  feed(event: EventOf<'debug-console'>): Details | undefined {
    const { text, port } = this.spec.params;
    if (port !== undefined && !inRange(port, event.port)) return undefined;
    let stream = this.#streams.get(event.port);
    if (stream === undefined) {
      stream = new TextStream(text);
      this.#streams.set(event.port, stream);
    }
    const found = stream.add(event.byte);
    if (found === undefined) return undefined;
    return [
      ['text', JSON.stringify(found)],
      ['port', hex(event.port)],
    ];
  }

  explainMiss(): Explanation {
    const lines = [...this.#streams.values()].flatMap((stream) => stream.lines());
    return { closest: textMiss('the debug console', lines, this.spec.params.text) };
  }
}

export const DEBUG_CONSOLE_MATCHER = matcher({
  key: 'debug-console',
  kinds: ['debug-console'],
  start: (spec) => new DebugConsoleTracker(spec),
});
