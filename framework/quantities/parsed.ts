/** Outcome of reading a value from text: a value, or what is wrong with the text and, when known, how to write it. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly what: string; readonly fixme?: string };

export function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function bad(what: string, fixme?: string): Parsed<never> {
  return fixme === undefined ? { ok: false, what } : { ok: false, what, fixme };
}
