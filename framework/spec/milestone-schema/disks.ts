import { word } from '../fields/scalars';

/** The diskette drive; the four IDE positions, primary master and slave, secondary master and slave; virtio block devices. */
const DISK_NAMES = ['fda', 'hda', 'hdb', 'hdc', 'hdd', 'vda', 'vdb'] as const;
export const DISK = word(DISK_NAMES);
