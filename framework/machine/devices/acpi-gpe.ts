import type { AccessSize, Line, PortDevice, PortRegion, Resettable, Stateful } from '../bus/types';

export interface AcpiGpeState {
  base: number;
  status: Uint8Array;
  enable: Uint8Array;
}

/**
 * An ACPI general-purpose event block (ACPI 6.5, 4.8.4.1): `bytes` of status, then as many of enable. Status bits are set by events
 * and cleared by writing ones; an enabled one drives SCI.
 */
export class AcpiGpe implements PortDevice, Stateful<AcpiGpeState>, Resettable {
  readonly state: AcpiGpeState;

  /** `bytes`: half of the block's length. `sci`: this block's share of the SCI. */
  constructor(
    readonly name: string,
    base: number,
    private readonly bytes: number,
    private readonly sci: Line,
  ) {
    this.state = { base, status: new Uint8Array(bytes), enable: new Uint8Array(bytes) };
  }

  get portRegions(): readonly PortRegion[] {
    return [{ first: this.state.base, last: this.state.base + 2 * this.bytes - 1, name: 'acpi gpe' }];
  }

  reset(): void {
    this.state.status.fill(0);
    this.state.enable.fill(0);
    this.update();
  }

  /** Event `bit` happened. */
  raise(bit: number): void {
    this.state.status[bit >> 3]! |= 1 << (bit & 7);
    this.update();
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    const offset = port - this.state.base;
    return offset < this.bytes ? this.state.status[offset] : this.state.enable[offset - this.bytes];
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    const offset = port - this.state.base;
    if (offset < this.bytes) this.state.status[offset]! &= ~value;
    else this.state.enable[offset - this.bytes] = value;
    this.update();
    return true;
  }

  private update(): void {
    const { status, enable } = this.state;
    this.sci.set(status.some((byte, index) => (byte & enable[index]!) !== 0));
  }
}
