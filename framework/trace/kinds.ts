import { EVENT_FIELDS } from './events';
import type { EventKind } from './events';

/** How a field is held in a row. */
export const FIELD_NUMBER = 0;
export const FIELD_U64 = 1;
const FIELD_TEXT = 2;

export interface KindSchema {
  readonly kind: EventKind;
  readonly names: readonly string[];
  readonly types: Uint8Array;
}

const TYPE_CODES = { u: FIELD_NUMBER, u64: FIELD_U64, text: FIELD_TEXT } as const;

/** Every kind in the order of EVENT_FIELDS; a kind's number in a row is its index here. */
export const KINDS: readonly KindSchema[] = Object.entries(EVENT_FIELDS).map(([kind, fields]) => ({
  kind: kind as EventKind,
  names: Object.keys(fields),
  types: Uint8Array.from(Object.values(fields), (type) => TYPE_CODES[type]),
}));

/** Index of each kind in KINDS. */
export const KIND_NUMBERS: ReadonlyMap<string, number> = new Map(KINDS.map(({ kind }, index) => [kind, index]));
