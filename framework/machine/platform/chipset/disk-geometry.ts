import type { DiskMedium } from '../../devices/ata/ata-disk';
import type { DiskName } from '../../types';
import { defaultGeometry } from '../../devices/ata/identify';
import type { DiskGeometry } from './cmos';

const NAMES: readonly DiskName[] = ['hda', 'hdb', 'hdc', 'hdd'];

/** The drives' default geometries in cable order, for CMOS. */
export function diskGeometries(disks: ReadonlyMap<DiskName, DiskMedium>): (DiskGeometry | undefined)[] {
  return NAMES.map((name) => {
    const disk = disks.get(name);
    return disk && defaultGeometry(disk.sectors);
  });
}
