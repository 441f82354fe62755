import { word } from '../fields/scalars';

/** The diskette drive, and the four IDE positions: primary master and slave, secondary master and slave. */
const DISK_NAMES = ['fda', 'hda', 'hdb', 'hdc', 'hdd'] as const;
export const DISK = word(DISK_NAMES);
