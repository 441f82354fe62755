import type { AccessSize, Line, PortDevice, Resettable, Stateful } from '../bus/types';

const PORT = 0x92;
const FAST_RESET = 0x01;
const A20 = 0x02;

/** System control port A, 92h (82371 data sheet 290562, 4.2.6): fast A20 gate and fast CPU reset. The lock and LED bits only keep their value. */
export class Port92 implements PortDevice, Stateful<{ value: number }>, Resettable {
  readonly portRegions = [{ first: PORT, last: PORT, name: 'system control port a' }];
  readonly state = { value: 0 };

  /** `a20`: opened or closed by every write. `fastReset`: bit 0 rose. */
  constructor(
    readonly name: string,
    private readonly a20: Line,
    private readonly fastReset: () => void,
  ) {}

  reset(): void {
    this.state.value = 0;
  }

  readPort(_port: number, size: AccessSize): number | undefined {
    return size === 1 ? this.state.value : undefined;
  }

  writePort(_port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    const rises = value & ~this.state.value & FAST_RESET;
    this.state.value = value;
    this.a20.set((value & A20) !== 0);
    if (rises) this.fastReset();
    return true;
  }
}
