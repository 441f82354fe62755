import type { AccessSize, PortDevice, Resettable, Stateful } from '../bus/types';

const COMMAND = 0xb2;
const STATUS = 0xb3;

/**
 * Advanced power management control and status, B2h and B3h (82371AB data sheet 290562, 4.2.9). A write to the control port is
 * the SMI command that ACPI's FADT names; what firmware in SMM would do about it is the platform's answer.
 */
export class SmiCommand implements PortDevice, Stateful<{ command: number; status: number }>, Resettable {
  readonly portRegions = [{ first: COMMAND, last: STATUS, name: 'smi command' }];
  readonly state = { command: 0, status: 0 };

  constructor(
    readonly name: string,
    private readonly commanded: (command: number) => void,
  ) {}

  reset(): void {
    this.state.command = 0;
    this.state.status = 0;
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    return port === COMMAND ? this.state.command : this.state.status;
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    if (port === STATUS) {
      this.state.status = value;
    } else {
      this.state.command = value;
      this.commanded(value);
    }
    return true;
  }
}
