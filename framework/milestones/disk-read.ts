import { hex } from '../quantities/hex';
import type { Range } from '../quantities/range';
import { UNKNOWN_GPA } from '../trace/events';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { equals, rangeText, within } from './conditions';
import type { Condition } from './conditions';
import type { Details, Explanation, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

/** Where the data went: unknown when the guest fetched it by single IN instructions. */
export function destination(wanted: { first: number; last: number } | undefined, gpa: number, label = 'to'): Condition[] {
  return within(label, wanted, gpa).map((condition) => ({ ...condition, actual: () => gpaText(gpa) }));
}

export function gpaText(gpa: number): string {
  return gpa === UNKNOWN_GPA ? 'unknown (moved by single IN or OUT instructions)' : hex(gpa);
}

/** What a transfer was, for a reader: `read of hda sector 0`. */
export function transferText({ kind, disk, lba, count }: EventOf<'disk-read' | 'disk-write'>): string {
  return `${kind === 'disk-read' ? 'read' : 'write'} of ${disk} sector ${lba}${count === 1 ? '' : `..${lba + count - 1}`}`;
}

/** Reads and writes alike. */
class TransferTracker implements Tracker<EventOf<'disk-read' | 'disk-write'>> {
  readonly #near = new NearMiss();

  readonly #place: { readonly label: string; readonly gpa: Range | undefined };

  constructor(private readonly spec: MilestoneOf<'disk-read'> | MilestoneOf<'disk-write'>) {
    this.#place = spec.key === 'disk-read' ? { label: 'to', gpa: spec.params.to } : { label: 'source', gpa: spec.params.source };
  }

  feed(event: EventOf<'disk-read' | 'disk-write'>): Details | undefined {
    const { disk, lba, sectors, controller } = this.spec.params;
    const { label, gpa } = this.#place;
    const conditions = [...equals('disk', disk, event.disk)];
    if (lba !== undefined) {
      const last = event.lba + event.count - 1;
      const isMet = event.lba <= lba.last && last >= lba.first;
      conditions.push({ label: 'lba', isMet, expected: () => rangeText(lba), actual: () => rangeText({ first: event.lba, last }) });
    }
    conditions.push(
      ...within('sectors', sectors, event.count),
      ...destination(gpa, event.gpa, label),
      ...equals('controller', controller, event.controller),
    );
    if (!this.#near.judge(event, conditions, () => transferText(event))) return undefined;
    return [
      ['disk', event.disk],
      ['lba', String(event.lba)],
      ['sectors', String(event.count)],
      [label, gpaText(event.gpa)],
      ['controller', event.controller],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({
      closest: `no disk was ${this.spec.key === 'disk-read' ? 'read' : 'written'}`,
      fixme: 'is the disk in guest.disks, and does boot: name it?',
    });
  }
}

export const DISK_READ_MATCHER = matcher({
  key: 'disk-read',
  kinds: ['disk-read'],
  start: (spec) => new TransferTracker(spec),
});

export const DISK_WRITE_MATCHER = matcher({
  key: 'disk-write',
  kinds: ['disk-write'],
  start: (spec) => new TransferTracker(spec),
});
