import { eventText } from './event-text';
import type { EventKind, EventOf, TraceEvent } from './events';
import type { TraceStore } from './store';

/** Events that happened in a row and differ in nothing but their moment; `event` is the last of them. */
export interface EventRun {
  readonly event: TraceEvent;
  readonly times: number;
  /** More of them may lie further back than was looked. */
  readonly atLeast: boolean;
}

/** The last `count` runs of held events, oldest first; `accept` filters. Gives up after `reach` events. */
export function lastEvents(
  store: TraceStore,
  count: number,
  accept: (event: TraceEvent) => boolean = () => true,
  reach = 100_000,
): EventRun[] {
  const found: { event: TraceEvent; text: string; times: number; atLeast: boolean }[] = [];
  let looked = 0;
  for (const event of store.newestFirst()) {
    if (looked++ >= reach) {
      const oldest = found.at(-1);
      if (oldest !== undefined) oldest.atLeast = true;
      break;
    }
    if (!accept(event)) continue;
    const text = eventText(event);
    const newest = found.at(-1);
    if (newest?.text === text) newest.times++;
    else if (found.length >= count) break;
    else found.push({ event, text, times: 1, atLeast: false });
  }
  return found.reverse().map(({ event, times, atLeast }) => ({ event, times, atLeast }));
}

/** Held events of some kinds, oldest first. */
export function* eventsOfKind<K extends EventKind>(store: TraceStore, ...kinds: K[]): IterableIterator<EventOf<K>> {
  for (const event of store.events(...kinds)) yield event as unknown as EventOf<K>;
}

/** Held events that happened at instruction `first` to `last`, inclusive. */
export function* eventsBetween(store: TraceStore, first: number, last: number): IterableIterator<TraceEvent> {
  for (const event of store.eventsAround(first, last)) if (event.instructions >= first && event.instructions <= last) yield event;
}
