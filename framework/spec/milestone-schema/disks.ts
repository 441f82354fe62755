import { word } from '../fields/scalars';

/** The four IDE positions: primary master and slave, secondary master and slave. */
const DISK_NAMES = ['hda', 'hdb', 'hdc', 'hdd'] as const;
export const DISK = word(DISK_NAMES);
