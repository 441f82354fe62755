import type { Line } from '../../bus/types';
import { DiskOverlay } from '../../devices/disk/overlay';
import { AtaDisk } from '../../devices/ide/ata-disk';
import { AtapiCdrom } from '../../devices/ide/atapi-cdrom';
import { IdeBusMaster } from '../../devices/ide/bus-master';
import type { Drive } from '../../devices/ide/drive';
import { IdeChannel } from '../../devices/ide/ide-channel';
import { UNPLUG_IDE_DISKS, UNPLUG_SECONDARY_IDE_DISKS } from '../../devices/pci/xen-platform';
import type { DiskName, MachineConfig } from '../../types';
import type { ChipsetHost } from './chipset-host';

const FIRMWARE_REVISION = '2.5+';
const CHANNELS = [
  { name: 'ide0', commandBase: 0x1f0, controlPort: 0x3f6, disks: ['hda', 'hdb'] },
  { name: 'ide1', commandBase: 0x170, controlPort: 0x376, disks: ['hdc', 'hdd'] },
] as const;

/** The two legacy IDE channels with the drives that a machine has, and their bus master. */
export class PcDisks {
  readonly busMaster: IdeBusMaster;
  readonly channels: readonly IdeChannel[];
  /** Hard disks by name, for firmware's CMOS geometry. */
  readonly disks = new Map<DiskName, DiskOverlay>();
  private serial = 0;

  constructor(
    private readonly host: ChipsetHost,
    private readonly config: Pick<MachineConfig, 'disks' | 'cdroms'>,
    irqs: readonly [Line, Line],
  ) {
    this.busMaster = host.register(new IdeBusMaster(host.memory));
    this.channels = CHANNELS.map(({ name, commandBase, controlPort, disks }, index) => {
      const channel = new IdeChannel({
        name,
        commandBase,
        controlPort,
        disks,
        drives: [this.drive(disks[0]), this.drive(disks[1])],
        irq: irqs[index]!,
        clock: host.clock,
        bus: host.bus,
        trace: host.trace,
        busMaster: this.busMaster.channel(index === 0 ? 0 : 1),
      });
      host.bus.addPorts(channel);
      return host.register(channel);
    });
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

  private drive(name: DiskName): Drive | undefined {
    const { host, config } = this;
    const disk = config.disks[name];
    const cdrom = config.cdroms?.[name];
    if (!disk && !cdrom) return undefined;
    this.serial++;
    const serial = `QM${String(this.serial).padStart(5, '0')}`;
    if (cdrom) return new AtapiCdrom(cdrom, { model: 'QEMU DVD-ROM', serial, firmware: FIRMWARE_REVISION });
    const overlay = host.register(new DiskOverlay(name, disk!));
    this.disks.set(name, overlay);
    return new AtaDisk(overlay, { model: 'QEMU HARDDISK', serial, firmware: FIRMWARE_REVISION });
  }
}
