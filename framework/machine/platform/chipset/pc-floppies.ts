import type { Line } from '../../bus/types';
import { DiskOverlay } from '../../devices/disk/overlay';
import { FloppyDrive } from '../../devices/fdc/drive';
import { I82077aa } from '../../devices/fdc/i82077aa';
import type { I8237a } from '../../devices/i8237a';
import { UNKNOWN_GPA } from '../../../trace/events';
import type { FloppyName, MachineConfig } from '../../types';
import type { ChipsetHost } from './chipset-host';

const BASE = 0x3f0;
const DMA_CHANNEL = 2;
const NAMES: readonly FloppyName[] = ['fda', 'fdb'];

/** The floppy controller with the drives that a machine has, each with its diskette in. */
export class PcFloppies {
  readonly drives: readonly (FloppyDrive | undefined)[];

  /** @throws RangeError for an image that is no diskette. */
  constructor(host: ChipsetHost, { floppies = {} }: Pick<MachineConfig, 'floppies'>, irq: Line, dma: I8237a) {
    this.drives = NAMES.map((name) => {
      const source = floppies[name];
      return source && host.register(new FloppyDrive(`${name}-drive`, host.register(new DiskOverlay(name, source))));
    });
    const controller = new I82077aa({
      name: 'fdc',
      base: BASE,
      clock: host.clock,
      irq,
      dma: { request: dma.request(DMA_CHANNEL), transfer: (bytes) => dma.transfer(DMA_CHANNEL, bytes) },
      drives: this.drives,
      transferred: (write, drive, lba, gpa) => {
        const kind = write ? 'disk-write' : 'disk-read';
        if (host.trace.wants(kind)) host.trace.record(kind, NAMES[drive]!, lba, 1, gpa ?? UNKNOWN_GPA, 'fdc');
      },
    });
    host.bus.addPorts(host.register(controller));
  }

  /** The drives' types as CMOS has them, 0: none. */
  get types(): readonly number[] {
    return this.drives.map((drive) => drive?.format.driveType ?? 0);
  }
}
