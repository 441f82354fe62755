import { bad, good } from '../../quantities/parsed';
import { optional, type FieldType } from '../fields/field';
import { line, unsigned } from '../fields/scalars';
import { DISK } from './disks';
import { milestone } from './schema';

/** A path on a FAT volume, as firmware compares it: any slashes, any case. */
const PATH: FieldType<string> = {
  ...line('a path on an EFI system partition', ['/EFI/BOOT/BOOTX64.EFI', '\\EFI\\debian\\grubx64.efi'], 1000),
  parse: (text) => {
    const path = text.replace(/[\\/]+/g, '/').replace(/^\//, '');
    return path === '' || path.endsWith('/') ? bad('the path names no file', 'write /EFI/BOOT/BOOTX64.EFI') : good(path);
  },
};

export const EFI_FILE = milestone({
  key: 'efi-file',
  met: 'a file of an EFI system partition has begun to be read: the transfer that holds its first sector',
  main: 'path',
  fields: {
    path: optional(PATH, 'its path, in any case and with any slashes'),
    disk: optional(DISK, 'which disk'),
    partition: optional(unsigned(128, ['1', '0']), 'number of the partition; 0: a medium without partitions, or a CD’s boot image'),
  },
  examples: ['efi-file: /EFI/BOOT/BOOTX64.EFI', 'efi-file: { path: \\EFI\\debian\\grubx64.efi, disk: hda, partition: 1 }'],
});
