import { hex } from '../quantities/hex';
import type { MilestoneOf } from '../spec/types';
import { atCode, placeText, rangeText, within } from './conditions';
import type { Condition } from './conditions';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { matcher } from './matcher';
import type { TrackedTable } from './scan/table-scanner';

/** A table with a wrong checksum counts as placed (for `checksum: invalid` or `any`) once it has stood unchanged for so long. */
const SETTLED_INSTRUCTIONS = 200_000;

class TablePlacedTracker implements Tracker {
  /** Places already given out: `count` counts different ones. */
  readonly #given = new Set<string>();

  constructor(
    private readonly spec: MilestoneOf<'table-placed'>,
    private readonly context: MatchContext,
  ) {}

  feed(): undefined {
    return undefined;
  }

  poll(): Details | undefined {
    for (const table of this.#candidates()) {
      const key = `${table.gpa} ${table.status}`;
      if (this.#given.has(key) || !this.#isFinal(table)) continue;
      if (this.#conditions(table).some(({ isMet }) => !isMet)) continue;
      this.#given.add(key);
      return details(table);
    }
    return undefined;
  }

  #candidates(): TrackedTable[] {
    return this.context.tables.tables.filter(({ table }) => table === this.spec.params.table);
  }

  #isFinal({ status, since }: TrackedTable): boolean {
    const wanted = this.spec.params.checksum ?? 'valid';
    if (status === 'placed') return wanted !== 'invalid';
    return wanted !== 'valid' && this.context.machine.core.instructions() - since.instructions >= SETTLED_INSTRUCTIONS;
  }

  #conditions(table: TrackedTable): Condition[] {
    const { at, inside, by } = this.spec.params;
    const span = { first: table.gpa, last: table.gpa + table.bytes.length - 1 };
    const conditions = [...within('at', at, table.gpa), ...atCode('by', by, table.since.cs, table.since.ip, () => table.since.linear)];
    if (inside === undefined) return conditions;
    const isMet = span.first >= inside.first && span.last <= inside.last;
    return [...conditions, { label: 'place', isMet, expected: () => `inside ${rangeText(inside)}`, actual: () => rangeText(span) }];
  }

  explainMiss(): Explanation {
    const { table } = this.spec.params;
    const seen = this.#candidates();
    const wrong = seen.find(({ status }) => status === 'placed') ?? seen[0];
    if (wrong === undefined) return this.#nothing();
    const place = `${table} found at ${hex(wrong.gpa)}`;
    if (wrong.status === 'pending' && wrong.hasChecksum) {
      return {
        closest: `${place}, checksum ${hex(wrong.sum, 2)}, should sum to 0`,
        fixme: 'the code that builds the table must write its checksum last',
      };
    }
    if (wrong.status === 'pending') return { closest: `${place}, but it is not complete` };
    const differences = this.#conditions(wrong).filter(({ isMet }) => !isMet);
    if (differences.length === 0) return { closest: `${place}, its checksum is valid`, fixme: 'the spec asks for checksum: invalid' };
    return {
      closest: `${place}: ${differences.map(({ label, expected, actual }) => `${label} ${actual()}, should be ${expected()}`).join('; ')}`,
    };
  }

  #nothing(): Explanation {
    const others = [...new Set(this.context.tables.tables.filter(({ status }) => status === 'placed').map(({ table }) => table))];
    const fixme = this.spec.params.table.startsWith('acpi.')
      ? 'ACPI tables are found from an RSDP on a 16-byte boundary in the first MiB, through RSDT or XSDT'
      : 'its anchor must stand on a 16-byte boundary in the first MiB';
    return { ...(others.length > 0 && { closest: `no ${this.spec.params.table}; placed were: ${others.join(', ')}` }), fixme };
  }
}

function details(table: TrackedTable): Details {
  const { since } = table;
  return [
    ['table', table.table],
    ['gpa', rangeText({ first: table.gpa, last: table.gpa + table.bytes.length - 1 })],
    ['checksum', !table.hasChecksum ? 'none' : table.status === 'placed' ? 'valid' : `invalid (${hex(table.sum, 2)})`],
    ['seen', `at instruction ${since.instructions}, while ${placeText(since.cs, since.ip)} ran`],
  ];
}

/** A table that was placed before its turn came counts: it has reached its final bytes. */
export const TABLE_PLACED_MATCHER = matcher({
  key: 'table-placed',
  kinds: [],
  scans: 'memory',
  start: (spec, context) => new TablePlacedTracker(spec, context),
});
