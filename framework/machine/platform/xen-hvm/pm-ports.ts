/**
 * Where the ACPI fixed hardware answers on Xen: PM1a events and the PM timer are the hypervisor's, at 1F40h, or at B000h
 * once HVM_PARAM_ACPI_IOPORTS_LOCATION is 1 (public/hvm/ioreq.h); PM1a control is in QEMU's PIIX4, wherever its PMBASE is.
 */
import type { AccessSize, Bus, PortDevice, PortRegion } from '../../bus/types';
import type { AcpiPm } from '../../devices/acpi-pm';

const LOCATIONS = [0x1f40, 0xb000] as const;
const EVENTS_BYTES = 4;
const TIMER_OFFSET = 8;
const TIMER_BYTES = 4;

export class XenPmPorts implements PortDevice {
  readonly name = 'xen-pm-ports';
  readonly state: { location: 0 | 1 } = { location: 0 };
  portRegions: readonly PortRegion[] = [];

  constructor(
    private readonly bus: Pick<Bus, 'addPorts' | 'removePorts'>,
    private readonly pm: AcpiPm,
  ) {}

  reset(): void {
    this.state.location = 0;
    this.restored();
  }

  move(location: 0 | 1): void {
    this.state.location = location;
    this.restored();
  }

  /** PMBASE of the PIIX4 moved, or its decoding went on or off. */
  pmBaseChanged(base: number | undefined): void {
    this.pm.setBase(base ?? -1);
    this.restored();
  }

  restored(): void {
    this.bus.removePorts(this);
    const first = LOCATIONS[this.state.location];
    const isPiix4s = this.pm.state.base === first;
    this.portRegions = isPiix4s
      ? []
      : [
          { first, last: first + EVENTS_BYTES - 1, name: 'Xen PM1a events' },
          { first: first + TIMER_OFFSET, last: first + TIMER_OFFSET + TIMER_BYTES - 1, name: 'Xen PM timer' },
        ];
    if (!isPiix4s) this.bus.addPorts(this);
  }

  private inBlock(port: number): number {
    return this.pm.state.base + port - LOCATIONS[this.state.location];
  }

  readPort(port: number, size: AccessSize): number | undefined {
    return this.pm.readPort(this.inBlock(port), size);
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    return this.pm.writePort(this.inBlock(port), size, value);
  }
}
