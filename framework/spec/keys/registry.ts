import { BUDGET } from './budget';
import { DESCRIPTION } from './description';
import { EXPECT } from './expect';
import { GUEST } from './guest';
import { INPUT } from './input';
import { MILESTONES_KEY } from './milestones';
import { NAME } from './name';
import { NEVER } from './never';
import { SKIP } from './skip';
import { TAGS } from './tags';
import { VERSION } from './version';
import { XL } from './xl';

/** Every top-level key of this version, in the order of the reference. */
export const TOP_LEVEL_KEYS = {
  version: VERSION,
  name: NAME,
  description: DESCRIPTION,
  tags: TAGS,
  guest: GUEST,
  xl: XL,
  budget: BUDGET,
  input: INPUT,
  milestones: MILESTONES_KEY,
  never: NEVER,
  expect: EXPECT,
  skip: SKIP,
} as const;

/** Top-level keys of the spec language that a later version brings. */
export const LATER_KEYS: readonly string[] = ['known-failure', 'vars', 'extends', 'matrix', 'faults', 'sweep'];
