import { optional } from '../fields/field';
import { GPA, unsigned } from '../fields/scalars';
import { DISK } from './disks';
import { milestone } from './schema';

export const MBR_READ = milestone({
  key: 'mbr-read',
  met: 'the first sector of a disk has gone to guest memory',
  main: 'disk',
  fields: {
    disk: optional(DISK, 'which disk'),
    lba: optional(unsigned(0, ['0']), 'always 0; may be written for the reader'),
    to: optional(GPA, 'guest-physical address of its first byte'),
  },
  examples: ['mbr-read: hda', 'mbr-read: { disk: hda, lba: 0, to: 0x7c00 }'],
});
