import { hex } from '../quantities/hex';
import { parseMbr, readGpt } from '../inspect/partition-table';
import { SECTOR_BYTES } from '../quantities/units';
import type { DiskName } from '../machine/types';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { equals } from './conditions';
import { destination, gpaText, transferText } from './disk-read';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { mediumIn } from './medium-in';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

class MbrReadTracker implements Tracker<EventOf<'disk-read'>> {
  readonly #near = new NearMiss();

  constructor(
    private readonly spec: MilestoneOf<'mbr-read'>,
    private readonly context: MatchContext,
  ) {}

  feed(event: EventOf<'disk-read'>): Details | undefined {
    const { disk, to } = this.spec.params;
    const conditions = [...equals('disk', disk, event.disk), ...equals('lba', 0, event.lba), ...destination(to, event.gpa)];
    if (!this.#near.judge(event, conditions, () => transferText(event))) return undefined;
    return [['disk', event.disk], ['to', gpaText(event.gpa)], ['controller', event.controller], ...this.#content(event.disk)];
  }

  /** What the sector is: boot signature and partitions, from the disk itself. */
  #content(disk: string): (readonly [string, string])[] {
    const { disks } = this.context.machine.config;
    const source = disks[disk as DiskName] ?? mediumIn(this.context.machine, disk);
    if (source === undefined) return [];
    const sectors = (lba: number, count: number): Uint8Array => {
      const offset = lba * SECTOR_BYTES;
      const length = Math.min(count * SECTOR_BYTES, source.sizeBytes - offset);
      return length > 0 ? source.read(offset, length) : new Uint8Array(0);
    };
    const mbr = parseMbr(sectors(0, 1));
    const facts: (readonly [string, string])[] = [['signature', mbr.hasSignature ? '55AA' : 'absent']];
    const partitions = mbr.isProtective ? readGpt(sectors) : undefined;
    if (partitions !== undefined)
      facts.push(['gpt', partitions.map(({ name, firstLba }) => `${name || 'unnamed'} at ${firstLba}`).join(', ')]);
    else if (mbr.partitions.length > 0) {
      facts.push([
        'partitions',
        mbr.partitions.map(({ number, type, firstLba }) => `${number}: type ${hex(type, 2)} at ${firstLba}`).join(', '),
      ]);
    }
    return facts;
  }

  explainMiss(): Explanation {
    return this.#near.explanation(
      { closest: 'no disk was read', fixme: 'is the disk in guest.disks, and does boot: name it?' },
      'firmware reads the boot sector to 0x7c00',
    );
  }
}

export const MBR_READ_MATCHER = matcher({
  key: 'mbr-read',
  kinds: ['disk-read'],
  start: (spec, context) => new MbrReadTracker(spec, context),
});
