import type { AccessSize, Bus, MmioDevice, MmioRegion, PortDevice, PortRegion } from '../../bus/types';

/** What stands behind a BAR: registers by offset. Same "unclaimed" rule as the bus has. */
export interface WindowTarget {
  read(offset: number, size: AccessSize): number | undefined;
  write(offset: number, size: AccessSize, value: number): boolean;
}

/** Registers that follow a BAR to wherever the guest puts it. Give `moveTo` as the BAR's `map`. */
abstract class BarWindow {
  protected regions: readonly (PortRegion & MmioRegion)[] = [];
  private base: number | undefined;

  constructor(
    protected readonly bus: Bus,
    private readonly name: string,
    private readonly sizeBytes: number,
    private readonly target: WindowTarget,
  ) {}

  readonly moveTo = (base: number | undefined): void => {
    if (this.base !== undefined) this.unplug();
    this.base = base;
    if (base === undefined) return;
    this.regions = [{ first: base, last: base + this.sizeBytes - 1, name: this.name }];
    this.plug();
  };

  protected abstract plug(): void;
  protected abstract unplug(): void;

  protected read(address: number, size: AccessSize): number | undefined {
    return this.target.read(address - this.base!, size);
  }

  protected write(address: number, size: AccessSize, value: number): boolean {
    return this.target.write(address - this.base!, size, value);
  }
}

/** An I/O BAR's ports. */
export class PortWindow extends BarWindow implements PortDevice {
  get portRegions(): readonly PortRegion[] {
    return this.regions;
  }

  readPort(port: number, size: AccessSize): number | undefined {
    return this.read(port, size);
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    return this.write(port, size, value);
  }

  protected plug(): void {
    this.bus.addPorts(this);
  }

  protected unplug(): void {
    this.bus.removePorts(this);
  }
}

/** A memory BAR's registers. */
export class MmioWindow extends BarWindow implements MmioDevice {
  get mmioRegions(): readonly MmioRegion[] {
    return this.regions;
  }

  readMmio(gpa: number, size: AccessSize): number | undefined {
    return this.read(gpa, size);
  }

  writeMmio(gpa: number, size: AccessSize, value: number): boolean {
    return this.write(gpa, size, value);
  }

  protected plug(): void {
    this.bus.addMmio(this);
  }

  protected unplug(): void {
    this.bus.removeMmio(this);
  }
}
