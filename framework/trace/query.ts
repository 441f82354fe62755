import type { EventKind, EventOf, TraceEvent } from './events';
import type { TraceStore } from './store';

/** The last `count` held events, oldest first; `accept` filters. Gives up after `reach` events. */
export function lastEvents(
  store: TraceStore,
  count: number,
  accept: (event: TraceEvent) => boolean = () => true,
  reach = 100_000,
): TraceEvent[] {
  const found: TraceEvent[] = [];
  let looked = 0;
  for (const event of store.newestFirst()) {
    if (found.length >= count || looked++ >= reach) break;
    if (accept(event)) found.push(event);
  }
  return found.reverse();
}

/** Held events of some kinds, oldest first. */
export function* eventsOfKind<K extends EventKind>(store: TraceStore, ...kinds: K[]): IterableIterator<EventOf<K>> {
  const wanted = new Set<string>(kinds);
  for (const event of store.events()) if (wanted.has(event.kind)) yield event as unknown as EventOf<K>;
}

/** Held events that happened at instruction `first` to `last`, inclusive. */
export function* eventsBetween(store: TraceStore, first: number, last: number): IterableIterator<TraceEvent> {
  for (const event of store.eventsAround(first, last)) if (event.instructions >= first && event.instructions <= last) yield event;
}
