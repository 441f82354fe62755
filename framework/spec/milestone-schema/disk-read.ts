import { optional } from '../fields/field';
import { GPA, LBA, line, unsignedRange } from '../fields/scalars';
import { DISK } from './disks';
import { milestone } from './schema';

const FIELDS = {
  disk: optional(DISK, 'which disk'),
  lba: optional(LBA, 'sectors; met when the transfer holds one of them'),
  sectors: optional(unsignedRange(65536, 'a number of sectors', ['1', '1..63']), 'length of the transfer'),
  controller: optional(line('the name of a controller in the trace', ['ide0'], 30), 'through which controller'),
} as const;

export const DISK_READ = milestone({
  key: 'disk-read',
  met: 'sectors have been handed to the guest',
  main: 'disk',
  fields: { ...FIELDS, to: optional(GPA, 'guest-physical address of the first byte') },
  examples: ['disk-read: hda', 'disk-read: { disk: hda, lba: 2048, to: 0x8000 }'],
});

export const DISK_WRITE = milestone({
  key: 'disk-write',
  met: 'sectors have been taken from the guest',
  main: 'disk',
  fields: { ...FIELDS, source: optional(GPA, 'guest-physical address of the first byte') },
  examples: ['disk-write: hda', 'disk-write: { disk: hda, lba: 2048..4095 }'],
});
