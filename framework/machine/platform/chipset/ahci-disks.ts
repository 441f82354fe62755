import type { MessageSink } from '../../bus/message-signalled';
import { AhciController } from '../../devices/ahci/controller';
import type { DiskOverlay } from '../../devices/disk/overlay';
import { Ich9Ahci } from '../../devices/pci/ich9-ahci';
import type { AtapiCdrom } from '../../devices/ata/atapi-cdrom';
import type { DiskName } from '../../types';
import type { ChipsetHost } from './chipset-host';
import { type DriveConfig, Drives } from './drives';
import { QEMU_SUBSYSTEM } from './pci-chips';

const PORT_NAMES: readonly (DiskName | undefined)[] = ['hda', 'hdb', 'hdc', 'hdd', undefined, undefined];

export interface AhciDisks {
  /** For the board's PCI bus. */
  readonly pciFunction: Ich9Ahci;
  /** Hard disks by name. */
  readonly disks: ReadonlyMap<DiskName, DiskOverlay>;
  /** The CD-ROM drive hdc. */
  readonly discDrive: AtapiCdrom | undefined;
}

/** The ICH9's SATA controller in AHCI mode, with the drives that a machine has on its ports. */
export function ahciDisks(host: ChipsetHost, config: DriveConfig, message: MessageSink): AhciDisks {
  const { memory, clock, trace } = host;
  const drives = new Drives(host, config, 'serial');
  const functions: Ich9Ahci[] = [];
  const controller = host.register(
    new AhciController({
      name: 'ahci',
      memory,
      clock,
      trace,
      irq: { set: (level) => functions[0]?.setInterrupt(level) },
      message: () => functions[0]?.message(),
      drives: PORT_NAMES.map((name) => name && drives.create(name)),
      disks: PORT_NAMES.map((name) => name ?? ''),
    }),
  );
  const pciFunction = host.register(new Ich9Ahci(host.bus, controller, QEMU_SUBSYSTEM, message));
  functions.push(pciFunction);
  return { pciFunction, disks: drives.disks, discDrive: drives.discDrive };
}
