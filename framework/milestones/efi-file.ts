import { efiSystemFiles, type EfiSystemFile } from '../inspect/efi-system-files';
import type { SectorReader } from '../inspect/partition-table';
import type { DiskName } from '../machine/types';
import { SECTOR_BYTES } from '../quantities/units';
import type { MilestoneOf } from '../spec/types';
import type { EventOf } from '../trace/events';
import { equals } from './conditions';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { mediumIn } from './medium-in';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';
import { Tally } from './tally';

/** Sectors of a CD as the events count them. */
const CD_SECTOR_BYTES = 2048;

/** Files are where the image has them at the start: what the guest writes itself is not followed. */
class EfiFileTracker implements Tracker<EventOf<'disk-read'>> {
  readonly #near = new NearMiss();
  readonly #read = new Tally();
  readonly #names = new Set<string>();
  readonly #disks = new Map<string, { readonly files: readonly EfiSystemFile[]; readonly perSector: number }>();

  constructor(
    private readonly spec: MilestoneOf<'efi-file'>,
    private readonly context: MatchContext,
  ) {}

  feed(event: EventOf<'disk-read'>): Details | undefined {
    const { files, perSector } = this.#disk(event.disk);
    const first = event.lba * perSector;
    const end = first + event.count * perSector;
    for (const file of files) {
      const details = file.lba >= first && file.lba < end ? this.#judge(event, file) : undefined;
      if (details) return details;
    }
    return undefined;
  }

  #judge(event: EventOf<'disk-read'>, file: EfiSystemFile): Details | undefined {
    const { path, disk, partition } = this.spec.params;
    this.#read.add(file.path);
    this.#names.add(file.path.toUpperCase());
    const conditions = [
      ...equals('path', path?.toUpperCase(), file.path.toUpperCase()),
      ...equals('disk', disk, event.disk),
      ...equals('partition', partition, file.partition),
    ];
    if (!this.#near.judge(event, conditions, () => `read of ${file.path} on ${event.disk}`)) return undefined;
    return [
      ['path', file.path],
      ['disk', event.disk],
      ['partition', String(file.partition)],
      ['lba', String(file.lba)],
      ['size', `${file.sizeBytes} bytes`],
    ];
  }

  #disk(name: string): { readonly files: readonly EfiSystemFile[]; readonly perSector: number } {
    const known = this.#disks.get(name);
    if (known) return known;
    const { disks } = this.context.machine.config;
    const fixed = disks[name as DiskName];
    const source = fixed ?? mediumIn(this.context.machine, name);
    const read: SectorReader = (lba, count) => {
      const offset = lba * SECTOR_BYTES;
      const length = Math.min(count * SECTOR_BYTES, (source?.sizeBytes ?? 0) - offset);
      return source && length > 0 ? source.read(offset, length) : new Uint8Array(0);
    };
    const disk = { files: efiSystemFiles(read), perSector: source && !fixed && name !== 'fda' ? CD_SECTOR_BYTES / SECTOR_BYTES : 1 };
    this.#disks.set(name, disk);
    return disk;
  }

  explainMiss(): Explanation {
    const { path } = this.spec.params;
    const present = [...this.#disks].flatMap(([disk, { files }]) => files.map((file) => `${file.path} on ${disk}`));
    const others = this.#read.closest('only these files were read', path ?? '');
    if (path !== undefined && others.closest !== undefined && !this.#names.has(path.toUpperCase())) return others;
    if (this.#disks.size === 0) return { closest: 'no disk was read', fixme: 'is the disk in guest.disks, and does boot: name it?' };
    if (present.length === 0)
      return { closest: 'no disk that was read has an EFI system partition', fixme: 'its type is efi in a GPT, 0xef in an MBR' };
    return this.#near.explanation({ closest: `no file was read; there are: ${present.slice(0, 8).join(', ')}` });
  }
}

export const EFI_FILE_MATCHER = matcher({
  key: 'efi-file',
  kinds: ['disk-read'],
  start: (spec, context) => new EfiFileTracker(spec, context),
});
