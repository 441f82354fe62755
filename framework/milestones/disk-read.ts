import { hex } from '../quantities/hex';
import { UNKNOWN_GPA } from '../trace/events';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { equals, rangeText, within } from './conditions';
import type { Condition } from './conditions';
import type { Details, Explanation, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

/** Where the data went: unknown when the guest fetched it by single IN instructions. */
export function destination(wanted: { first: number; last: number } | undefined, gpa: number): Condition[] {
  return within('to', wanted, gpa).map((condition) => ({ ...condition, actual: () => gpaText(gpa) }));
}

export function gpaText(gpa: number): string {
  return gpa === UNKNOWN_GPA ? 'unknown (read by single IN instructions)' : hex(gpa);
}

/** What a transfer was, for a reader: `hda sector 0, 1 sector`. */
export function transferText({ disk, lba, count }: EventOf<'disk-read'>): string {
  return `read of ${disk} sector ${lba}${count === 1 ? '' : `..${lba + count - 1}`}`;
}

class DiskReadTracker implements Tracker<EventOf<'disk-read'>> {
  readonly #near = new NearMiss();

  constructor(private readonly spec: MilestoneOf<'disk-read'>) {}

  feed(event: EventOf<'disk-read'>): Details | undefined {
    const { disk, lba, sectors, to, controller } = this.spec.params;
    const conditions = [...equals('disk', disk, event.disk)];
    if (lba !== undefined) {
      const last = event.lba + event.count - 1;
      const isMet = event.lba <= lba.last && last >= lba.first;
      conditions.push({ label: 'lba', isMet, expected: () => rangeText(lba), actual: () => rangeText({ first: event.lba, last }) });
    }
    conditions.push(
      ...within('sectors', sectors, event.count),
      ...destination(to, event.gpa),
      ...equals('controller', controller, event.controller),
    );
    if (!this.#near.judge(event, conditions, () => transferText(event))) return undefined;
    return [
      ['disk', event.disk],
      ['lba', String(event.lba)],
      ['sectors', String(event.count)],
      ['to', gpaText(event.gpa)],
      ['controller', event.controller],
    ];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({ closest: 'no disk was read', fixme: 'is the disk in guest.disks, and does boot: name it?' });
  }
}

export const DISK_READ_MATCHER = matcher({
  key: 'disk-read',
  kinds: ['disk-read'],
  start: (spec) => new DiskReadTracker(spec),
});
