import type { Line } from '../../bus/types';
import type { DiskOverlay } from '../../devices/disk/overlay';
import { IdeBusMaster } from '../../devices/ide/bus-master';
import { IdeChannel } from '../../devices/ide/ide-channel';
import { UNPLUG_IDE_DISKS, UNPLUG_SECONDARY_IDE_DISKS } from '../../devices/pci/xen-platform';
import type { AtapiCdrom } from '../../devices/ata/atapi-cdrom';
import type { DiskName } from '../../types';
import type { ChipsetHost } from './chipset-host';
import { type DriveConfig, Drives } from './drives';

const CHANNELS = [
  { name: 'ide0', commandBase: 0x1f0, controlPort: 0x3f6, disks: ['hda', 'hdb'] },
  { name: 'ide1', commandBase: 0x170, controlPort: 0x376, disks: ['hdc', 'hdd'] },
] as const;

/** The two legacy IDE channels with the drives that a machine has, and their bus master. */
export class PcDisks {
  readonly busMaster: IdeBusMaster;
  readonly channels: readonly IdeChannel[];
  /** Hard disks by name, for firmware's CMOS geometry. */
  readonly disks: ReadonlyMap<DiskName, DiskOverlay>;
  /** The CD-ROM drive hdc. */
  readonly discDrive: AtapiCdrom | undefined;

  constructor(host: ChipsetHost, config: DriveConfig, irqs: readonly [Line, Line]) {
    const drives = new Drives(host, config, 'parallel');
    this.disks = drives.disks;
    this.busMaster = host.register(new IdeBusMaster(host.memory));
    this.channels = CHANNELS.map(({ name, commandBase, controlPort, disks }, index) => {
      const channel = new IdeChannel({
        name,
        commandBase,
        controlPort,
        disks,
        drives: [drives.create(disks[0]), drives.create(disks[1])],
        irq: irqs[index]!,
        clock: host.clock,
        bus: host.bus,
        trace: host.trace,
        busMaster: this.busMaster.channel(index === 0 ? 0 : 1),
      });
      host.bus.addPorts(channel);
      return host.register(channel);
    });
    this.discDrive = drives.discDrive;
  }

  /** Xen's unplug protocol: hard disks go, all of them or those other than the first; CD-ROM drives stay. */
  unplug(mask: number): void {
    if (!(mask & (UNPLUG_IDE_DISKS | UNPLUG_SECONDARY_IDE_DISKS))) return;
    for (const [index, { disks }] of CHANNELS.entries()) {
      for (const [slot, name] of disks.entries()) {
        const isFirst = index === 0 && slot === 0;
        if (this.disks.has(name) && (mask & UNPLUG_IDE_DISKS || !isFirst)) this.channels[index]!.unplug(slot === 0 ? 0 : 1);
      }
    }
  }
}
