import { DiskOverlay } from '../../devices/disk/overlay';
import { AtaDisk } from '../../devices/ata/ata-disk';
import { AtapiCdrom } from '../../devices/ata/atapi-cdrom';
import type { Drive } from '../../devices/ata/drive';
import type { DriveInterface } from '../../devices/ata/identify';
import type { DiskName, MachineConfig } from '../../types';
import type { ChipsetHost } from './chipset-host';

const FIRMWARE_REVISION = '2.5+';

/** Makes the drives that a machine's configuration names, whatever they are cabled to. */
export class Drives {
  /** Hard disks by name. */
  readonly disks = new Map<DiskName, DiskOverlay>();
  private serial = 0;

  constructor(
    private readonly host: ChipsetHost,
    private readonly config: Pick<MachineConfig, 'disks' | 'cdroms'>,
    private readonly cable: DriveInterface,
  ) {}

  /** undefined: there is none of that name. */
  create(name: DiskName): Drive | undefined {
    const { host, config, cable } = this;
    const disk = config.disks[name];
    const cdrom = config.cdroms?.[name];
    if (!disk && !cdrom) return undefined;
    this.serial++;
    const serial = `QM${String(this.serial).padStart(5, '0')}`;
    if (cdrom) return new AtapiCdrom(cdrom, { model: 'QEMU DVD-ROM', serial, firmware: FIRMWARE_REVISION });
    const overlay = host.register(new DiskOverlay(name, disk!));
    this.disks.set(name, overlay);
    return new AtaDisk(overlay, { model: 'QEMU HARDDISK', serial, firmware: FIRMWARE_REVISION }, cable);
  }
}
