import type { EventKind, EventFields } from './events';

type Values<K extends EventKind> = EventFields<K>[keyof EventFields<K>];

/**
 * What the machine writes events to. Fields are passed by position, in the order of EVENT_FIELDS, so that the hot
 * path makes no objects. `wants(kind)` is false when nobody records or watches that kind; callers on a hot path ask first.
 */
export interface TraceSink {
  wants(kind: EventKind): boolean;
  record<K extends EventKind>(kind: K, ...fields: Values<K>[]): void;
}
