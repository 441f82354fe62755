import type { MilestoneOf } from '../spec/types';
import type { EventOf } from '../trace/events';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { matcher } from './matcher';
import { textMiss } from './nearest-text';
import { TextStream } from './text-stream';

class PrinterTracker implements Tracker<EventOf<'printed'>> {
  readonly #stream: TextStream;
  readonly #hasPrinter: boolean;

  constructor(
    private readonly spec: MilestoneOf<'printer'>,
    { machine }: MatchContext,
  ) {
    this.#stream = new TextStream(spec.params.text);
    this.#hasPrinter = machine.config.printer === true;
  }

  feed({ byte }: EventOf<'printed'>): Details | undefined {
    const found = this.#stream.add(byte);
    return found === undefined ? undefined : [['text', JSON.stringify(found)]];
  }

  explainMiss(): Explanation {
    if (!this.#hasPrinter) return { closest: 'the guest has no printer', fixme: 'add printer: on to the guest' };
    return { closest: textMiss('the printer', this.#stream.lines(), this.spec.params.text) };
  }
}

export const PRINTER_MATCHER = matcher({ key: 'printer', kinds: ['printed'], start: (spec, context) => new PrinterTracker(spec, context) });
