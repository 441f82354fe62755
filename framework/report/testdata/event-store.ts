import type { TraceEvent } from '../../trace/events';
import { KIND_NUMBERS, KINDS } from '../../trace/kinds';
import { TraceStore } from '../../trace/store';

/** A store of events that a test wrote out. */
export function storeOf(events: Iterable<TraceEvent>): TraceStore {
  const store = new TraceStore();
  for (const event of events) {
    const number = KIND_NUMBERS.get(event.kind)!;
    const { names, types } = KINDS[number]!;
    const values = event as unknown as Record<string, number | bigint | string>;
    store.append(
      number,
      types,
      event.vcpu,
      event.instructions,
      event.atNs,
      names.map((name) => values[name]!),
    );
  }
  return store;
}
