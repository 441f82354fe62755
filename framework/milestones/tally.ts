import { closest } from '../diagnostics/did-you-mean';
import type { Explanation } from './matcher';

/** Names kept apart; a guest that makes up new ones for ever cannot fill memory. */
const NAMES_MAX = 200;

/** How often each of some named things happened, for "these happened instead". */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    const count = this.#counts.get(name);
    if (count !== undefined || this.#counts.size < NAMES_MAX) this.#counts.set(name, (count ?? 0) + 1);
  }

  has(name: string): boolean {
    return this.#counts.has(name);
  }

  /** `lead: a ×3, b, …`, with the likeliest confusion first; undefined `closest` when nothing happened. */
  closest(lead: string, wanted: string): Explanation {
    const names = [...this.#counts.keys()];
    if (names.length === 0) return {};
    const near = closest(wanted, names);
    const sorted = [...this.#counts].sort(([left, a], [right, b]) => Number(right === near) - Number(left === near) || b - a);
    const shown = sorted.slice(0, 8).map(([name, count]) => (count === 1 ? name : `${name} ×${count}`));
    const more = sorted.length > 8 ? `, and ${sorted.length - 8} more` : '';
    return { closest: `${lead}: ${shown.join(', ')}${more}` };
  }
}
