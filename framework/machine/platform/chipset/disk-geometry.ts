import type { DiskName } from '../../types';
import { defaultGeometry } from '../../devices/ide/identify';
import type { DiskGeometry } from './cmos';
import type { PcDisks } from './pc-disks';

const NAMES: readonly DiskName[] = ['hda', 'hdb', 'hdc', 'hdd'];

/** The drives' default geometries in cable order, for CMOS. */
export function diskGeometries(disks: PcDisks): (DiskGeometry | undefined)[] {
  return NAMES.map((name) => {
    const disk = disks.disks.get(name);
    return disk && defaultGeometry(disk.sectors);
  });
}
