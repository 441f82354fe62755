import type { AccessSize, Bus, MmioDevice, MmioRegion, PortDevice, PortRegion } from '../../bus/types';

/** What stands behind a BAR: registers by offset. Same "unclaimed" rule as the bus has. */
export interface WindowTarget {
  read(offset: number, size: AccessSize): number | undefined;
  write(offset: number, size: AccessSize, value: number): boolean;
}

/** An I/O BAR's ports, wherever the guest puts them. Give `moveTo` as the BAR's `map`. */
export class PortWindow implements PortDevice {
  portRegions: readonly PortRegion[] = [];
  private base: number | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly name: string,
    private readonly sizeBytes: number,
    private readonly target: WindowTarget,
  ) {}

  readonly moveTo = (base: number | undefined): void => {
    if (this.base !== undefined) this.bus.removePorts(this);
    this.base = base;
    if (base === undefined) return;
    this.portRegions = [{ first: base, last: base + this.sizeBytes - 1, name: this.name }];
    this.bus.addPorts(this);
  };

  readPort(port: number, size: AccessSize): number | undefined {
    return this.target.read(port - this.base!, size);
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    return this.target.write(port - this.base!, size, value);
  }
}

/** A memory BAR's registers. Give `moveTo` as the BAR's `map`. */
export class MmioWindow implements MmioDevice {
  mmioRegions: readonly MmioRegion[] = [];
  private base: number | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly name: string,
    private readonly sizeBytes: number,
    private readonly target: WindowTarget,
  ) {}

  readonly moveTo = (base: number | undefined): void => {
    if (this.base !== undefined) this.bus.removeMmio(this);
    this.base = base;
    if (base === undefined) return;
    this.mmioRegions = [{ first: base, last: base + this.sizeBytes - 1, name: this.name }];
    this.bus.addMmio(this);
  };

  readMmio(gpa: number, size: AccessSize): number | undefined {
    return this.target.read(gpa - this.base!, size);
  }

  writeMmio(gpa: number, size: AccessSize, value: number): boolean {
    return this.target.write(gpa - this.base!, size, value);
  }
}
