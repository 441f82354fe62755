/**
 * The enhanced configuration access mechanism (PCI Express Base Specification 2.0, 7.2.2): every function's configuration space as
 * memory, 4 KiB each. Registers past 255 read as ones: no function here has extended configuration space.
 */
import type { AccessSize, Bus } from '../../bus/types';
import { MmioWindow } from './bar-window';
import type { PciConfigMechanism } from './config-mechanism';

const FUNCTION_BYTES = 0x1000;
const BUS_BYTES = 0x10_0000;

export class EcamWindow {
  private window: MmioWindow | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly config: PciConfigMechanism,
  ) {}

  /** `base` undefined: not decoded. */
  readonly moveTo = (base: number | undefined, buses: number): void => {
    this.window?.moveTo(undefined);
    this.window = new MmioWindow(this.bus, 'PCI configuration (ECAM)', buses * BUS_BYTES, {
      read: (offset, size) => this.read(offset, size),
      write: (offset, size, value) => this.write(offset, size, value),
    });
    this.window.moveTo(base);
  };

  private read(offset: number, size: AccessSize): number | undefined {
    if ((offset & 3) + size > 4) return undefined;
    return this.config.readConfig(Math.floor(offset / FUNCTION_BYTES), offset % FUNCTION_BYTES, size);
  }

  private write(offset: number, size: AccessSize, value: number): boolean {
    if ((offset & 3) + size > 4) return false;
    this.config.writeConfig(Math.floor(offset / FUNCTION_BYTES), offset % FUNCTION_BYTES, size, value);
    return true;
  }
}
