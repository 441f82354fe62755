import { optional } from '../fields/field';
import { GPA, LBA, line, unsignedRange } from '../fields/scalars';
import { DISK } from './disks';
import { milestone } from './schema';

export const DISK_READ = milestone({
  key: 'disk-read',
  met: 'sectors have been handed to the guest',
  main: 'disk',
  fields: {
    disk: optional(DISK, 'which disk'),
    lba: optional(LBA, 'sectors; met when the transfer holds one of them'),
    sectors: optional(unsignedRange(65536, 'a number of sectors', ['1', '1..63']), 'length of the transfer'),
    to: optional(GPA, 'guest-physical address of the first byte'),
    controller: optional(line('the name of a controller in the trace', ['ide0'], 30), 'through which controller'),
  },
  examples: ['disk-read: hda', 'disk-read: { disk: hda, lba: 2048, to: 0x8000 }'],
});
