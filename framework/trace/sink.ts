import type { EventKind, EventFields } from './events';

type Fields<K extends EventKind> = EventFields<K>[keyof EventFields<K>];
/** A 64-bit value may come as a number, too, as long as that is exact. */
type Values<K extends EventKind> = Fields<K> | (bigint extends Fields<K> ? number : never);

/**
 * What the machine writes events to. Fields are passed by position, in the order of EVENT_FIELDS, so that the hot
 * path makes no objects. `wants(kind)` is false when nobody records or watches that kind; callers on a hot path ask first.
 */
export interface TraceSink {
  wants(kind: EventKind): boolean;
  /** Somebody is called with each event of that kind, and may act on it at once. Without this, whoever wants a kind is. */
  isFollowed?(kind: EventKind): boolean;
  record<K extends EventKind>(kind: K, ...fields: Values<K>[]): void;
}
