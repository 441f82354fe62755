import { bad, good, type Parsed } from './parsed';

/** A limit on what the guest may spend: retired instructions, or virtual time. */
export interface Cost {
  readonly unit: 'instructions' | 'ns';
  readonly amount: number;
}

const SCALE: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };
const TIME: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, min: 60e9 };
const INSTRUCTIONS = /^([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([kKMG]?)\s*(?:instructions?|instr)$/;
const DURATION = /^([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*(ns|us|µs|ms|s|min)$/;
const FIX = 'write instructions or virtual time: 60M instructions, 2.5s';

/** `60M instructions`, `500 instructions`, `2.5s`, `300ms`, `10us`. A number without a unit is refused. */
export function parseCost(text: string): Parsed<Cost> {
  const trimmed = text.trim();
  const counted = INSTRUCTIONS.exec(trimmed);
  const timed = counted ? null : DURATION.exec(trimmed);
  const match = counted ?? timed;
  if (!match) {
    if (/^[0-9.]+\s*[kKMG]?$/.test(trimmed)) return bad(`${trimmed} of what? A limit needs a unit`, FIX);
    return bad(`${JSON.stringify(text.slice(0, 60))} is not a limit`, FIX);
  }
  const factor = counted ? SCALE[match[2] ?? ''] : TIME[match[2] ?? ''];
  const amount = Math.round(Number(match[1]) * (factor ?? 1));
  if (!Number.isSafeInteger(amount)) return bad(`${trimmed} is more than can be counted`);
  if (amount === 0) return bad('a limit of nothing can never be kept', FIX);
  return good({ unit: counted ? 'instructions' : 'ns', amount });
}

/** `60M instructions`, `2.5s`: the shortest exact form. */
export function formatCost(cost: Cost): string {
  const units: readonly (readonly [string, number])[] =
    cost.unit === 'instructions'
      ? [
          ['G instructions', 1e9],
          ['M instructions', 1e6],
          ['k instructions', 1e3],
        ]
      : [
          ['s', 1e9],
          ['ms', 1e6],
          ['us', 1e3],
        ];
  for (const [unit, factor] of units) {
    if (cost.amount >= factor && cost.amount % (factor / 1000) === 0) return `${cost.amount / factor}${unit}`;
  }
  return cost.unit === 'instructions' ? `${cost.amount} instructions` : `${cost.amount}ns`;
}
