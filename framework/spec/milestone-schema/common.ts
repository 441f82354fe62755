import { optional } from '../fields/field';
import { COST, line, unsigned } from '../fields/scalars';

/** Fields that every milestone takes. */
export const COMMON_FIELDS = {
  within: optional(COST, 'what the guest may spend until this milestone, counted from the milestone before or `from`'),
  as: optional(line('a name', ['mbr entry'], 100), 'a name for reports, diffs and `from`'),
  from: optional(
    line('the name of an earlier milestone, or start', ['mbr entry', 'start'], 100),
    'where `within` counts from: an earlier `as` name, or `start`',
  ),
  count: optional(unsigned(1_000_000_000, ['3']), 'how often it must happen; the milestone is met at the last of them (1 when absent)'),
} as const;
