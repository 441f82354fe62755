import type { AccessSize, PortDevice, Resettable, Stateful } from '../bus/types';

const PORT = 0xcf9;
const SYSTEM_RESET = 0x02;
const RESET_CPU = 0x04;
const FULL_RESET = 0x08;

/**
 * Reset control register, CF9h (82371 data sheet 290562, 4.2.8; FULL_RST as in later south bridges). Only byte accesses
 * are its own: a dword at CF8h is the PCI configuration address.
 */
export class ResetControl implements PortDevice, Stateful<{ value: number }>, Resettable {
  readonly portRegions = [{ first: PORT, last: PORT, name: 'reset control' }];
  readonly state = { value: 0 };

  /** `requested`: RST_CPU rose; `hard` says whether the whole system or only the CPU (INIT) is to be reset. */
  constructor(
    readonly name: string,
    private readonly requested: (hard: boolean) => void,
  ) {}

  reset(): void {
    this.state.value = 0;
  }

  readPort(_port: number, size: AccessSize): number | undefined {
    return size === 1 ? this.state.value : undefined;
  }

  writePort(_port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    const rises = value & ~this.state.value & RESET_CPU;
    this.state.value = value & (SYSTEM_RESET | RESET_CPU | FULL_RESET);
    if (rises) this.requested((value & SYSTEM_RESET) !== 0);
    return true;
  }
}
