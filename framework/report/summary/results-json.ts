import { isGood, type SpecEntry } from './spec-entry';

/** Version of the shape of results.json. */
const FORMAT = 1;

/** results.json: counts by outcome, then one entry for each spec. */
export function resultsJson(entries: readonly SpecEntry[], version: string): string {
  const outcomes: Record<string, number> = {};
  for (const { outcome } of entries) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const passed = entries.every(({ outcome }) => isGood(outcome));
  return `${JSON.stringify({ format: FORMAT, milepost: version, passed, outcomes, specs: entries }, null, 1)}\n`;
}
