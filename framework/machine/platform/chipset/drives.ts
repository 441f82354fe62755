import { DiskOverlay } from '../../devices/disk/overlay';
import { AtaDisk } from '../../devices/ata/ata-disk';
import { AtapiCdrom } from '../../devices/ata/atapi-cdrom';
import type { Drive } from '../../devices/ata/drive';
import type { DriveInterface, DriveStrings } from '../../devices/ata/identify';
import type { DiskName, MachineConfig } from '../../types';
import type { ChipsetHost } from './chipset-host';

const FIRMWARE_REVISION = '2.5+';

export type DriveConfig = Pick<MachineConfig, 'disks' | 'cdroms' | 'emptyDrives' | 'spareDiscs'>;

/** Makes the drives that a machine's configuration names, whatever they are cabled to. */
export class Drives {
  /** Hard disks by name. */
  readonly disks = new Map<DiskName, DiskOverlay>();
  private serial = 0;
  /** The CD-ROM drive hdc. */
  discDrive: AtapiCdrom | undefined;

  constructor(
    private readonly host: ChipsetHost,
    private readonly config: DriveConfig,
    private readonly cable: DriveInterface,
  ) {}

  /** undefined: there is none of that name. */
  create(name: DiskName): Drive | undefined {
    const { host, config, cable } = this;
    const disk = config.disks[name];
    const cdrom = config.cdroms?.[name];
    const isEmpty = config.emptyDrives?.includes(name) ?? false;
    if (!disk && !cdrom && !isEmpty) return undefined;
    this.serial++;
    const serial = `QM${String(this.serial).padStart(5, '0')}`;
    if (!disk) return this.createCdrom(name, { model: 'QEMU DVD-ROM', serial, firmware: FIRMWARE_REVISION }, isEmpty);
    const overlay = host.register(new DiskOverlay(name, disk));
    this.disks.set(name, overlay);
    return new AtaDisk(overlay, { model: 'QEMU HARDDISK', serial, firmware: FIRMWARE_REVISION }, cable);
  }

  private createCdrom(name: DiskName, strings: DriveStrings, isEmpty: boolean): AtapiCdrom {
    const own = this.config.cdroms?.[name];
    const spares = name === 'hdc' ? (this.config.spareDiscs ?? []) : [];
    const drive = new AtapiCdrom([...(own ? [own] : []), ...spares], strings, isEmpty);
    if (name === 'hdc') this.discDrive = drive;
    return drive;
  }
}
