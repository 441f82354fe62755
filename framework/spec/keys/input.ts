import type { Cost } from '../../quantities/cost';
import { bad } from '../../quantities/parsed';
import type { ReadContext, TopLevelKey } from '../context';
import { optional, type FieldType } from '../fields/field';
import { KEYSTROKES } from '../fields/keystrokes';
import { SOURCE } from '../guest-fields';
import { objectSchema, readFields } from '../fields/read-fields';
import { COST, line } from '../fields/scalars';
import { MILESTONE_ITEM_SCHEMA } from '../milestone-schema/all-fields';
import { readMilestone } from '../read-milestone';
import type { InputSpec, MilestoneSpec } from '../types';
import type { MapEntry, Node } from '../yaml/tree';
import { declareSchema } from '../validation/declared';

const MAX_INPUTS = 1000;
const MAX_SERIAL = 10_000;
/** Fields of a milestone that say what of it counts, not what it is. */
const ONLY_MILESTONES = ['within', 'from'];

const DELAY: FieldType<Cost> = {
  ...COST,
  expected: 'virtual time with its unit: 500ms, 2s',
  examples: ['500ms', '2s'],
  parse: (text) => {
    const parsed = COST.parse(text);
    return parsed.ok && parsed.value.unit !== 'ns'
      ? bad('keys are pressed at a time, not at an instruction', 'write after: 500ms')
      : parsed;
  },
};

const PACE: FieldType<Cost> = { ...DELAY, expected: 'virtual time with its unit: 30ms', examples: ['30ms', '60ms'] };
/** Shorter than any person's, so that typing costs a guest that polls little. */
const DEFAULT_PACE_NS = 1e6;

export const INPUT_FIELDS = {
  type: optional(KEYSTROKES, 'keys pressed on the keyboard, on a US layout'),
  serial: optional(
    line('text; "\\r" is the Enter key of a terminal', ['root\r'], MAX_SERIAL),
    'text that the far end of COM1 sends, as UTF-8',
  ),
  floppy: optional(
    SOURCE,
    'the diskette that goes into the drive fda, for the one that is in, or none; before anything is typed. A diskette that was in before still has what was written to it',
    'none',
  ),
  cdrom: optional(SOURCE, 'likewise the disc that goes into the drive hdc, or none', './disc-2.iso'),
  after: optional(DELAY, 'wait so long: from when `when` is met, else from the input before, else from power-on'),
  pace: optional(
    PACE,
    'how long each key of `type` is held, and the pause behind it; 1ms unless said. A guest that looks at its keys from tick to tick misses shorter ones',
  ),
} as const;

const ITEM = objectSchema(INPUT_FIELDS, { noun: 'an input', extra: { when: MILESTONE_ITEM_SCHEMA } });
const OWN = declareSchema('input.item', objectSchema(INPUT_FIELDS, { noun: 'an input', extra: { when: {} } }));
const LIST = declareSchema('input', { type: 'array', minItems: 1, maxItems: MAX_INPUTS, 'x-expected': 'a list of at most 1000 inputs' });

export const INPUT: TopLevelKey<readonly InputSpec[]> = {
  key: 'input',
  doc: 'What someone at the keyboard or at the far end of the serial line does, in this order. `when` is any milestone form: the keys are pressed at the instruction that meets it. Each input begins to wait when the one before has been given.',
  example:
    'input:\n  - when: { screen: executed automatically }\n    type: <down><enter>\n  - when: { serial: "login:" }\n    serial: "root\\r"\n    after: 100ms',
  schema: { type: 'array', items: ITEM, minItems: 1, maxItems: MAX_INPUTS },
  read: (entry, context) => {
    const { value } = entry;
    if (!context.fits(value, LIST, entry.keySpan) || value.kind !== 'list') return undefined;
    const read = value.items.map((item) => readInput(item, context));
    const complete = read.filter((input): input is InputSpec => input !== undefined);
    return complete.length === read.length ? complete : undefined;
  },
};

function readInput(item: Node, context: ReadContext): InputSpec | undefined {
  if (item.kind !== 'map' || item.entries.length === 0) {
    context.fits(item, { type: 'object', minProperties: 1, 'x-expected': 'a map of when:, after:, type:, serial:, floppy: or cdrom:' });
    return undefined;
  }
  const owner = item.entries[0]!.keySpan;
  const fields = readFields(item.entries, INPUT_FIELDS, OWN, owner, context);
  const whenEntry = item.entries.find(({ key }) => key === 'when');
  const when = whenEntry && readWhen(whenEntry, context);
  if (!fields || (whenEntry && !when)) return undefined;
  const { type, serial, after, pace, floppy, cdrom } = fields.values;
  if (!type && [serial, floppy, cdrom].every((given) => given === undefined))
    return context.error('bad-value', 'this input gives nothing', owner, 'add type: <enter>, or serial: "text\\r"');
  if (!when && !after) return context.error('bad-value', 'this input does not say when', owner, 'add when: { screen: … }, or after: 2s');
  return {
    span: owner,
    keys: type ?? [],
    serial: [...new TextEncoder().encode(serial ?? '')],
    afterNs: after?.amount ?? 0,
    paceNs: pace?.amount ?? DEFAULT_PACE_NS,
    ...(when && { when }),
    ...(cdrom !== undefined && { cdrom: { value: cdrom, span: fields.spans.cdrom ?? owner } }),
    ...(floppy !== undefined && { floppy: { value: floppy, span: fields.spans.floppy ?? owner } }),
  };
}

function readWhen({ value, keySpan }: MapEntry, context: ReadContext): MilestoneSpec | undefined {
  const milestone = readMilestone(value, context)?.spec;
  const wrong = milestone && ONLY_MILESTONES.find((name) => milestone.fieldSpans[name]);
  if (wrong === undefined) return milestone;
  return context.error('bad-value', `${wrong} means nothing under when`, milestone?.fieldSpans[wrong] ?? keySpan, `take ${wrong} out`);
}
