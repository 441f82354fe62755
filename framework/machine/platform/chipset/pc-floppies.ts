import type { BlockSource, Line } from '../../bus/types';
import { DiskOverlay } from '../../devices/disk/overlay';
import { FloppyDrive } from '../../devices/fdc/drive';
import { I82077aa } from '../../devices/fdc/i82077aa';
import type { I8237a } from '../../devices/i8237a';
import { UNKNOWN_GPA } from '../../../trace/events';
import type { TraceSink } from '../../../trace/sink';
import type { FloppyName, MachineConfig } from '../../types';
import type { ChipsetHost } from './chipset-host';

const BASE = 0x3f0;
const DMA_CHANNEL = 2;
const NAMES: readonly FloppyName[] = ['fda', 'fdb'];

/** The floppy controller with the drives that a machine has, each with its diskette in; those beside the machine are for the first. */
export class PcFloppies {
  readonly drives: readonly (FloppyDrive | undefined)[];
  private readonly controller: I82077aa;
  private readonly trace: TraceSink;
  /** What can be in the first drive. */
  private readonly images: readonly BlockSource[];

  /** @throws RangeError for an image that is no diskette. */
  constructor(
    host: ChipsetHost,
    { floppies = {}, spareDiskettes = [] }: Pick<MachineConfig, 'floppies' | 'spareDiskettes'>,
    irq: Line,
    dma: I8237a,
  ) {
    this.trace = host.trace;
    this.images = floppies.fda ? [floppies.fda, ...spareDiskettes] : [];
    this.drives = NAMES.map((name) => {
      const source = floppies[name];
      if (!source) return undefined;
      const sources = name === 'fda' ? this.images : [source];
      const overlays = sources.map((image, index) => host.register(new DiskOverlay(index === 0 ? name : `${name}-spare${index}`, image)));
      return host.register(new FloppyDrive(`${name}-drive`, overlays));
    });
    this.controller = new I82077aa({
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
    host.bus.addPorts(host.register(this.controller));
  }

  /** The drives' types as CMOS has them, 0: none. */
  get types(): readonly number[] {
    return this.drives.map((drive) => drive?.driveType ?? 0);
  }

  /** What is in the first drive now. */
  get image(): BlockSource | undefined {
    return this.images[this.drives[0]?.state.inserted ?? -1];
  }

  /** Someone takes out what is in the first drive and puts in that diskette, 0: the first one; undefined: none. */
  change(number: number | undefined): void {
    const [drive] = this.drives;
    if (!drive) return;
    this.trace.record('medium', 'fda', number === undefined ? 0 : number + 1);
    drive.insert(number ?? -1);
    this.controller.inserted();
  }
}
